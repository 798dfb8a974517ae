import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { type Checkpoint, openCheckpoint } from '../../../src/convert/checkpoint.js';
import { OnnxGraph } from '../../../src/convert/graph/onnx-graph.js';
import { fp32Arithmetic } from '../../../src/convert/quantize/fp32.js';
import { int8Arithmetic } from '../../../src/convert/quantize/int8.js';
import { type StoredMatrix, stacked, storedMatrix } from '../../../src/convert/quantize/matrix.js';
import { q4Arithmetic } from '../../../src/convert/quantize/q4.js';
import { transposed } from '../../../src/convert/quantize/transpose.js';
import { rewardTensors } from '../../../src/convert/reward-tensors.js';
import { WeightFile } from '../../../src/convert/weight-file.js';
import { tempFolder } from '../../temp-folder.js';
import { randomTensors, type Tensors, TINY, writeCheckpoint } from '../tiny-checkpoint.js';

/** A matrix of 0, 1, 2, …, with at most `most` values in a block. */
function counting(rows: number, columns: number, most?: number): StoredMatrix {
  const read = async (from: number, to: number) => Float32Array.from({ length: to - from }, (_, i) => from + i);
  return storedMatrix(rows, columns, read, most);
}

async function rowsOfBlocks(matrix: StoredMatrix): Promise<number[]> {
  const rows: number[] = [];
  for await (const block of matrix.blocks()) {
    assert.equal(block.values.length, block.rows * block.columns);
    rows.push(block.rows);
  }
  return rows;
}

test('a block has as many multiples of 64 rows as the limit allows, and at least 64 rows', async () => {
  assert.deepEqual(await rowsOfBlocks(counting(200, 10, 1300)), [128, 72]);
  assert.deepEqual(await rowsOfBlocks(counting(150, 10, 1)), [64, 64, 22]);
  assert.deepEqual(await rowsOfBlocks(counting(150, 10)), [150]);
});

test('transposed: the rows do not depend on the blocks or on how much is held', async () => {
  const layers = (most?: number) => stacked([counting(100, 70, most), counting(7, 70, most)]);
  const expected: number[] = [];
  for (let column = 0; column < 70; column++) {
    for (const rows of [100, 7]) for (let row = 0; row < rows; row++) expected.push(row * 70 + column);
  }
  for (const [most, held] of [[], [1], [1, 1], [undefined, 107 * 9]]) {
    const found: number[] = [];
    for await (const values of transposed(layers(most), held)) {
      assert.ok(values.length <= Math.max(held ?? Number.POSITIVE_INFINITY, 107));
      found.push(...values);
    }
    assert.deepEqual(found, expected);
  }
});

/** The same checkpoint, its matrices cut into blocks of 64 rows. */
function inSmallBlocks(checkpoint: Checkpoint, tensors: Tensors): Checkpoint {
  return {
    ...checkpoint,
    async matrix(name, rows, columns) {
      const { values } = tensors.get(name) ?? assert.fail(name);
      return storedMatrix(rows, columns, async (from, to) => Float32Array.from(values.subarray(from, to)), 1);
    },
  };
}

test('the stored bytes of a matrix do not depend on the blocks it is read in', async () => {
  const folder = tempFolder();
  const tensors = randomTensors(TINY);
  const checkpoint = await openCheckpoint(await writeCheckpoint(join(folder, 'checkpoint'), TINY, tensors));
  const stored = async (name: string, from: Checkpoint, arithmetic: typeof fp32Arithmetic) => {
    const weights = await WeightFile.create(join(folder, name), name);
    const { prepared, embedding, linear } = arithmetic(new OnnxGraph(), weights);
    const { matrix } = prepared(rewardTensors(from));
    const key = 'layers.0';
    await embedding(await matrix('embed_tokens.weight', 320, 96), 'ids');
    const o = await matrix(`${key}.o_proj.weight`, 96, 128);
    const down = await matrix(`${key}.down_proj.weight`, 96, 160);
    const up = await matrix(`${key}.up_proj.weight`, 160, 96);
    const gate = await matrix(`${key}.gate_proj.weight`, 160, 96);
    for (const layers of [[o], [down], [gate, up]]) await linear(`linear${layers[0].columns}`, layers, { value: 'x' });
    await weights.close();
    return readFile(join(folder, name));
  };
  for (const arithmetic of [fp32Arithmetic, int8Arithmetic, q4Arithmetic]) {
    const whole = await stored(arithmetic.name, checkpoint, arithmetic);
    const parts = await stored(`${arithmetic.name} parts`, inSmallBlocks(checkpoint, tensors), arithmetic);
    assert.ok(whole.length > 2 ** 15 && whole.equals(parts));
  }
  await checkpoint.close();
});
