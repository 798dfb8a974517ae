import assert from 'node:assert/strict';
import { copyFileSync, mkdirSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { scoringSettings } from '../../../src/cli/common/settings.js';
import { modelBytes } from '../../../src/model/open-model.js';
import { tinyModel } from '../../doctor/tiny-model.js';
import { writeFolder } from '../../engines/local/external-folder.js';
import { externalFloats, node, smallGraph } from '../../model/graph/small-graph.js';
import { ROOT } from '../../root.js';

const GB = 1e9;
const CHANGED = [node('Identity', ['ids'], 'changed')];

/** A graph and a sparse file of so many bytes for its weights. */
function withWeights(at: string, bytes: number): string {
  const graph = smallGraph({ nodes: CHANGED, tensors: [externalFloats('table', bytes / 4, 'weights.bin')] });
  const model = writeFolder({ bytes: graph, at });
  const weights = join(model, at, '../weights.bin');
  writeFileSync(weights, '');
  truncateSync(weights, bytes);
  return model;
}

test('the weights of a graph count, wherever the graph is in the folder and whatever the names', async () => {
  for (const at of ['model.onnx', 'onnx/model.onnx']) {
    const model = withWeights(at, 1.2 * GB);
    const bytes = await modelBytes({ folder: model });
    assert.ok(bytes > 1.2 * GB && bytes < 1.2 * GB + 1e4, `${at}: ${bytes}`);
    assert.equal((await scoringSettings({ model })).run.sessions?.workers, 1);
  }
});

test('of several graphs, the size is that of the graph that is run', async () => {
  const model = withWeights('model.onnx', 1.2 * GB);
  mkdirSync(join(model, 'onnx'));
  copyFileSync(join(ROOT, 'test/oracles/foreign/last-token.onnx'), join(model, 'onnx/model_int8.onnx'));
  assert.ok((await modelBytes({ folder: model })) > GB, 'fp32 comes first in a folder of another tool');
  assert.ok((await modelBytes({ folder: model, dtype: 'int8' })) < 1e6);
  assert.equal(
    await modelBytes({ folder: model, dtype: 'q4' }),
    0,
    'the missing graph is reported when the model is opened',
  );
});

test('a file whose name only begins like that of a graph does not count', async () => {
  const model = await tinyModel();
  const bytes = await modelBytes({ folder: model });
  assert.ok(bytes > 0);
  writeFileSync(join(model, 'onnx/model.onnx_data.bak'), Buffer.alloc(1e6));
  assert.equal(await modelBytes({ folder: model }), bytes);
});
