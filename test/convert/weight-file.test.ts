import assert from 'node:assert/strict';
import { readdir, readFile, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { InferenceSession } from 'onnxruntime-node';
import { OnnxGraph } from '../../src/convert/graph/onnx-graph.js';
import { WeightFile } from '../../src/convert/weight-file.js';
import { tempFolder } from '../temp-folder.js';

/** Yields 100 numbers from `start` on, in parts of `size`. */
function* counted(start: number, size: number): Generator<Float32Array> {
  for (let i = 0; i < 100; i += size) yield Float32Array.from({ length: size }, (_, k) => start + i + k);
}

test('weights beyond the limit continue in another file, and the runtime finds them all', async () => {
  const folder = tempFolder();
  const weights = await WeightFile.create(join(folder, 'model.onnx_data'), 'model.onnx_data', 1000);
  const graph = new OnnxGraph();
  const sums: string[] = [];
  for (let i = 0; i < 5; i++) {
    const tensor = await weights.append(`w${i}`, 'float32', [100], counted(1000 * i, i === 4 ? 25 : 100));
    sums.push(graph.node('ReduceSum', [graph.external(tensor)], `sum${i}`, { keepdims: 0 }));
  }
  await weights.close();
  assert.deepEqual(weights.parts, ['model.onnx_data', 'model.onnx_data_1', 'model.onnx_data_2']);
  const sizes = await Promise.all(weights.parts.map(async (name) => (await stat(join(folder, name))).size));
  assert.deepEqual(sizes, [848, 848, 400]);
  for (const name of sums) graph.output(name, 'float32', []);
  const file = join(folder, 'model.onnx');
  await writeFile(file, graph.encode());
  const session = await InferenceSession.create(file);
  const found = await session.run({});
  for (const [i, name] of sums.entries()) assert.equal(found[name].data[0], 100 * 1000 * i + 4950);
  await session.release();
  assert.equal((await readdir(folder)).length, 4);
});

test('a tensor larger than the limit has a file of its own', async () => {
  const folder = tempFolder();
  const weights = await WeightFile.create(join(folder, 'd'), 'd', 100);
  const places: [string, number][] = [];
  for (const [i, length] of [10, 100, 10, 3].entries()) {
    const { location, offset } = await weights.append(`w${i}`, 'float32', [length], new Float32Array(length).fill(i));
    places.push([location, offset]);
  }
  await weights.close();
  assert.deepEqual(places, [
    ['d', 0],
    ['d_1', 0],
    ['d_2', 0],
    ['d_2', 64],
  ]);
  assert.deepEqual(await readFile(join(folder, 'd_1')), Buffer.from(new Float32Array(100).fill(1).buffer));
});

test('fewer or more values than the shape has are an error', async () => {
  const weights = await WeightFile.create(join(tempFolder(), 'd'), 'd');
  await assert.rejects(weights.append('w', 'float32', [101], counted(0, 50)), /w has 400 bytes, its shape 404/);
  await weights.close();
});
