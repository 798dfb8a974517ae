import assert from 'node:assert/strict';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { InferenceSession, Tensor } from 'onnxruntime-node';
import { OnnxGraph } from '../../../src/convert/graph/onnx-graph.js';
import type { Matrix } from '../../../src/convert/quantize/matrix.js';
import { q4Arithmetic } from '../../../src/convert/quantize/q4.js';
import { blockOf4, type NibbleQuantized, quantizeNibbles } from '../../../src/convert/quantize/quantize4.js';
import { WeightFile } from '../../../src/convert/weight-file.js';
import { Xoshiro128 } from '../../../src/measure/bootstrap/xoshiro128.js';
import { tempFolder } from '../../temp-folder.js';
import { randomMatrix } from './random-matrix.js';

const BLOCK = 32;

/** Integer activations. Each block of a row begins with 127, so the runtime quantizes all of them exactly. */
function wholeNumbers(rows: number, columns: number, size: number): Float32Array<ArrayBuffer> {
  const random = Xoshiro128.seeded(size);
  return Float32Array.from({ length: rows * columns }, (_, at) =>
    (at % columns) % size === 0 ? 127 : random.below(255) - 127,
  );
}

/** Dequantized weights, by the runtime's documentation of MatMulNBits. */
function restored({ nibbles, scales }: NibbleQuantized, rows: number, columns: number, size: number): Float32Array {
  const inRow = Math.ceil(columns / size);
  return Float32Array.from({ length: rows * columns }, (_, at) => {
    const [row, column] = [Math.floor(at / columns), at % columns];
    const place = row * inRow * size + column;
    const nibble = (nibbles[place >> 1] >> (4 * (place % 2))) & 15;
    return (nibble - 8) * scales[row * inRow + Math.floor(column / size)];
  });
}

function squaredDistance(a: Float32Array, b: Float32Array): number {
  return a.reduce((sum, value, i) => sum + (value - b[i]) ** 2, 0);
}

/** The least squared error among 4,000 scales of either sign, up to a fifth of the largest weight. */
function bruteForce(block: Float32Array): number {
  const largest = block.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
  let least = Number.POSITIVE_INFINITY;
  for (let i = -2000; i <= 2000; i++) {
    const scale = (largest / 5) * (i / 2000) || 1;
    const near = block.map((value) => scale * Math.max(-8, Math.min(7, Math.round(value / scale))));
    least = Math.min(least, squaredDistance(block, near));
  }
  return least;
}

test('the error of a block is within three per cent of that of the best scale', () => {
  const matrix = randomMatrix(40, BLOCK, 5);
  const found = restored(quantizeNibbles(matrix, BLOCK), 40, BLOCK, BLOCK);
  let [distance, least] = [0, 0];
  for (let at = 0; at < found.length; at += BLOCK) {
    const block = matrix.values.subarray(at, at + BLOCK);
    distance += squaredDistance(block, found.subarray(at, at + BLOCK));
    least += bruteForce(block);
  }
  assert.ok(distance <= 1.03 * least, `${distance} for ${least}`);
});

test('zeros, tiny weights, a single weight and rows that end within a block are quantized', () => {
  const columns = 2 * BLOCK + 5;
  const values = new Float32Array(3 * columns);
  values.fill(1e-38, 0, BLOCK);
  values[BLOCK + 3] = 0.25;
  values.fill(-3, 2 * BLOCK, columns);
  const quantized = quantizeNibbles({ rows: 3, columns, values }, BLOCK);
  assert.ok(squaredDistance(restored(quantized, 3, columns, BLOCK), values) < 1e-12);
  assert.equal(quantized.nibbles.length, 3 * 3 * 16);
  assert.deepEqual(
    [...quantized.nibbles.subarray(2 * 16 + 3, 3 * 16)],
    new Array(13).fill(0x88),
    'zero beyond the end',
  );
});

for (const [rows, columns, most] of [
  [96, 145, 200],
  [2048, 2064, 40],
]) {
  const size = blockOf4(rows, columns);
  test(`the runtime's product is that of the stored weights, for any run and any number of threads: blocks of ${size}`, async () => {
    const matrix = randomMatrix(rows, columns, 8);
    const graph = await graphOf(matrix);
    const inputs = wholeNumbers(most, columns, size);
    const whole = await products(graph, inputs, columns, 1);
    const near = restored(quantizeNibbles(matrix, size), rows, columns, size);
    for (let at = 0; at < whole.length; at += 13) {
      let sum = 0;
      for (let i = 0; i < columns; i++) {
        sum += inputs[Math.floor(at / rows) * columns + i] * near[(at % rows) * columns + i];
      }
      assert.ok(Math.abs(whole[at] - sum) < 1e-4 * 127, `${whole[at]} for ${sum}`);
    }
    for (const threads of [1, 2, 3]) {
      for (const [from, to] of [
        [0, 2],
        [2, most],
        [6, 36],
      ]) {
        const part = inputs.slice(from * columns, to * columns);
        const found = await products(graph, part, columns, threads);
        assert.deepEqual(found, whole.slice(from * rows, to * rows), `${from} to ${to}, ${threads} threads`);
      }
    }
  });
}

/** A graph that multiplies `x` by the matrix. */
async function graphOf(matrix: Matrix): Promise<string> {
  const { rows, columns } = matrix;
  const folder = tempFolder();
  const weights = await WeightFile.create(join(folder, 'w'), 'w');
  const graph = new OnnxGraph();
  const stored = {
    rows,
    columns,
    async *blocks() {
      yield matrix;
    },
  };
  const { linear, input } = q4Arithmetic(graph, weights);
  await linear('y', [stored], input(graph.input('x', 'float32', [1, 's', columns]), columns));
  graph.output('y', 'float32', [1, 's', rows]);
  await weights.close();
  await writeFile(join(folder, 'g.onnx'), graph.encode());
  return join(folder, 'g.onnx');
}

async function products(graph: string, x: Float32Array, columns: number, threads: number): Promise<Float32Array> {
  const session = await InferenceSession.create(graph, { intraOpNumThreads: threads, logSeverityLevel: 3 });
  const { y } = await session.run({ x: new Tensor('float32', x, [1, x.length / columns, columns]) });
  await session.release();
  return y.data as Float32Array;
}
