import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { copyFile, mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { convert } from '../../../src/convert/convert.js';
import { COMMON_FILES } from '../../../src/model/files.js';
import { embeddedWeights } from '../../bench/embedded-weights.js';
import { TORCH_PYTHON } from '../../bench/engines.js';
import { writeStandardExports } from '../../bench/standard-export.js';
import { embeddedTrunk } from '../../bench/trunk.js';
import { lines, run } from '../../cli/run.js';
import { safetensors } from '../../convert/tiny-checkpoint.js';
import { MODEL, ROOT } from '../../root.js';
import { tempFolder } from '../../temp-folder.js';

/** The checkpoint of the embedded model, if it is there. */
const MINI = join(ROOT, '../shared/checkpoints/starling-rm-mini');
const NEAR = 2e-3;
const ROWS = lines(await readFile(join(ROOT, 'fixtures/sample.jsonl'), 'utf8'));

function skipWithoutTorch(): string | false {
  if (!existsSync(MINI)) return `NOT TESTED: there is no ${MINI}`;
  if (TORCH_PYTHON === undefined) return 'NOT TESTED: STARLING_RM_TORCH_PYTHON names no Python with torch';
  const { status } = spawnSync(TORCH_PYTHON, ['-c', 'import torch, transformers, onnx, onnxscript']);
  return status !== 0 && `NOT TESTED: ${TORCH_PYTHON} lacks torch, transformers, onnx or onnxscript`;
}

interface Scored {
  scores: number[];
  order: number[];
}

async function scored(model: string, rows: readonly string[], flags: readonly string[]): Promise<Scored[]> {
  const args = ['score', '-q', '--model', model, '--dtype', 'fp32', ...flags];
  const { code, stdout, stderr } = await run(args, `${rows.join('\n')}\n`);
  assert.equal(code, 0, stderr);
  return lines(stdout).map((line) => JSON.parse(line));
}

/** The export has no reward.json, so flags give its settings. */
async function assertSame(t: TestContext, ours: string, exported: string, rows: readonly string[]): Promise<void> {
  const reward = JSON.parse(await readFile(join(ours, 'reward.json'), 'utf8'));
  const own = await scored(ours, rows, []);
  assert.equal(reward.system, null);
  const length = ['--max-length', String(reward.max_length)];
  const flags = ['--template', reward.template, ...length, ...(reward.trim ? ['--trim'] : [])];
  const external = await scored(exported, rows, flags);
  assert.equal(own.length, rows.length);
  const apart = own.flatMap(({ scores }, i) => scores.map((score, k) => Math.abs(score - external[i].scores[k])));
  const most = apart.reduce((largest, one) => Math.max(largest, one));
  assert.ok(most < NEAR, `differs by ${most}`);
  assert.deepEqual(
    external.map(({ order }) => order),
    own.map(({ order }) => order),
  );
  t.diagnostic(`${apart.length} rewards at most ${most.toPrecision(2)} apart, all ${own.length} rankings the same`);
}

test('the embedded weights in the graph of a standard export give the rewards of our own conversion', async (t) => {
  const folder = tempFolder();
  const trunk = embeddedTrunk();
  const tensors = await embeddedWeights(trunk);
  const [checkpoint, exported] = [join(folder, 'checkpoint'), join(folder, 'exported')];
  for (const [to, names] of [
    [checkpoint, [...COMMON_FILES, 'reward.json']],
    [exported, COMMON_FILES],
  ] as const) {
    await mkdir(join(to, 'onnx'), { recursive: true });
    for (const name of names) await copyFile(join(MODEL, name), join(to, name));
  }
  await writeFile(join(checkpoint, 'model.safetensors'), safetensors(tensors, 'F32'));
  const graphs = { plain: join(exported, 'onnx/model.onnx'), fused: join(folder, 'fused.onnx') };
  await writeStandardExports(tensors, trunk, graphs, 'fp32');
  const ours = join(folder, 'ours');
  await convert({ checkpoint, folder: ours, dtypes: ['fp32'], overrides: {} });
  await assertSame(t, ours, exported, ROWS.slice(0, 4));
});

test('the mini checkpoint exported by PyTorch gives the rewards of our own conversion', {
  skip: skipWithoutTorch(),
}, async (t) => {
  const folder = tempFolder();
  const [ours, exported] = [join(folder, 'ours'), join(folder, 'exported')];
  const script = ['-P', join(ROOT, 'test/oracles/foreign.py'), MINI, exported];
  const { status, stderr } = spawnSync(String(TORCH_PYTHON), script, { encoding: 'utf8' });
  assert.equal(status, 0, stderr);
  await convert({ checkpoint: MINI, folder: ours, dtypes: ['fp32'], overrides: {} });
  await assertSame(t, ours, exported, ROWS.slice(0, 4));
});
