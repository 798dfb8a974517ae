import assert from 'node:assert/strict';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { InferenceSession, Tensor } from 'onnxruntime-node';
import { OnnxGraph } from '../../../src/convert/graph/onnx-graph.js';
import { PAIR_LIMIT, quantizeBlocks, quantizeChannels } from '../../../src/convert/quantize/quantize.js';
import { transposeInto } from '../../../src/convert/quantize/transpose.js';
import { WeightFile } from '../../../src/convert/weight-file.js';
import { tempFolder } from '../../temp-folder.js';
import { randomMatrix } from './random-matrix.js';

test('channels: every value is within half a step, and no pair of neighbours can saturate', () => {
  for (const [rows, columns] of [
    [40, 64],
    [7, 33],
    [5, 1],
  ]) {
    const matrix = randomMatrix(rows, columns, columns);
    const { integers, scales } = quantizeChannels(matrix);
    matrix.values.forEach((value, i) => {
      const scale = scales[Math.floor(i / columns)];
      assert.ok(Math.abs(integers[i] * scale - value) <= scale * 0.5001, `${value} at ${i}`);
    });
    for (let row = 0; row < rows; row++) {
      for (let column = 0; column + 1 < columns; column += 2) {
        const [a, b] = integers.subarray(row * columns + column);
        const sameSign = a * b > 0 ? Math.abs(a) + Math.abs(b) : Math.max(Math.abs(a), Math.abs(b));
        assert.ok(sameSign <= PAIR_LIMIT, `${a} and ${b}`);
      }
    }
  }
});

test('channels: a channel of zeros has a scale, and equal values use the whole range of pairs', () => {
  const { integers, scales } = quantizeChannels({ rows: 2, columns: 2, values: Float32Array.of(0, 0, 3, 3) });
  assert.deepEqual([...integers], [0, 0, 64, 64]);
  assert.equal(scales[0], 1);
});

test('blocks: every value is within half a step of its block, zeros and tiny values included', () => {
  const values = randomMatrix(4, 32, 9).values;
  values.fill(0, 32, 64);
  values.fill(1e-9, 64, 96);
  const { integers, scales } = quantizeBlocks(values);
  values.forEach((value, i) => {
    const scale = float16(scales[Math.floor(i / 32)]);
    assert.ok(Math.abs(integers[i] * scale - value) <= Math.max(scale * 0.51, 2e-9), `${value} at ${i}`);
  });
  assert.equal(scales[1], 0);
});

function float16(bits: number): number {
  const exponent = bits >> 10;
  const fraction = bits & 1023;
  return exponent === 0 ? fraction * 2 ** -24 : (1 + fraction / 1024) * 2 ** (exponent - 15);
}

test("this processor's int8 product is exact for the activations that come closest to saturating", async () => {
  const folder = tempFolder();
  const [rows, columns] = [576, 96];
  const integers = new Int8Array(rows * columns);
  const channels = { columns: rows, values: quantizeChannels(randomMatrix(columns, rows, 3)).integers };
  transposeInto({ columns, values: integers }, 0, channels);
  const weights = await WeightFile.create(join(folder, 'w'), 'w');
  const graph = new OnnxGraph();
  const matrix = graph.external(await weights.append('w', 'int8', [rows, columns], integers));
  await weights.close();
  const a = graph.input('a', 'uint8', ['m', rows]);
  graph.node('MatMulInteger', [a, matrix], 'product');
  graph.output('product', 'int32', ['m', columns]);
  await writeFile(join(folder, 'g.onnx'), graph.encode());
  const session = await InferenceSession.create(join(folder, 'g.onnx'));
  // Row m is the worst case for column m: the largest activation wherever the column's weight has one sign.
  const activations = Uint8Array.from({ length: 2 * columns * rows }, (_, i) => {
    const [m, k] = [Math.floor(i / rows), i % rows];
    const weight = integers[k * columns + (m % columns)];
    return (m < columns ? weight > 0 : weight < 0) ? 255 : 0;
  });
  const found = await session.run({ a: new Tensor('uint8', activations, [2 * columns, rows]) });
  const values = found.product.data as Int32Array;
  for (let m = 0; m < 2 * columns; m++) {
    for (let column = 0; column < columns; column++) {
      let exact = 0;
      for (let k = 0; k < rows; k++) exact += activations[m * rows + k] * integers[k * columns + column];
      assert.equal(values[m * columns + column], exact);
    }
  }
  await session.release();
});
