import { nearestFloat16 } from '../../model/graph/float16.js';
import type { Matrix } from './matrix.js';

/**
 * The int8 kernels of x86 processors without VNNI add the products of two neighbouring inputs (rows 2i and 2i + 1 of a column) in
 * 16 bits with saturation: vpmaddubsw. Activations reach 255, and 255 * 128 = 32,640 fits while 255 * 129 does not, so two
 * neighbours of one sign may add up to 128. Then every product is exact, and equal, on every processor, and the fastest kernel of
 * each can be used. A limit of 64 for each weight would do as well, and make every step larger.
 */
export const PAIR_LIMIT = 128;
const WEIGHT_LIMIT = 127;

/** Integers [rows, columns] with one float32 scale per row (output channel): value = integer * scale. */
export interface ChannelQuantized {
  integers: Int8Array<ArrayBuffer>;
  scales: Float32Array<ArrayBuffer>;
}

/** Symmetric, a scale per output channel (row, as checkpoints keep them): the smallest at which each weight and each pair of neighbours fits. */
export function quantizeChannels({ rows, columns, values }: Matrix): ChannelQuantized {
  const scales = new Float32Array(rows);
  const integers = new Int8Array(rows * columns);
  for (let row = 0; row < rows; row++) {
    const channel = values.subarray(row * columns, (row + 1) * columns);
    scales[row] = channelScale(channel) || 1;
    for (let i = 0; i < columns; i++) integers[row * columns + i] = nearest(channel[i] / scales[row], WEIGHT_LIMIT);
  }
  return { integers, scales };
}

function channelScale(channel: Float32Array): number {
  let largest = 0;
  let largestPair = 0;
  for (let i = 0; i < channel.length; i++) {
    const value = Math.abs(channel[i]);
    if (value > largest) largest = value;
    if (i % 2 === 0 || channel[i] * channel[i - 1] <= 0) continue;
    largestPair = Math.max(largestPair, value + Math.abs(channel[i - 1]));
  }
  // Rounding can add one half to each of the two.
  return Math.max(largest / WEIGHT_LIMIT, largestPair / (PAIR_LIMIT - 1));
}

/** Rows of integers with one float16 scale (as bits) per 32 neighbouring values. */
export interface BlockQuantized {
  integers: Int8Array<ArrayBuffer>;
  scales: Uint16Array<ArrayBuffer>;
}

export const BLOCK = 32;

/** Symmetric, a scale per 32 values, largest magnitude at 127. For tables that are looked up, never multiplied as integers. */
export function quantizeBlocks(values: Float32Array): BlockQuantized {
  const integers = new Int8Array(values.length);
  const scales = new Uint16Array(values.length / BLOCK);
  for (let block = 0; block < scales.length; block++) {
    const part = values.subarray(block * BLOCK, (block + 1) * BLOCK);
    let largest = 0;
    for (const value of part) largest = Math.max(largest, Math.abs(value));
    const { bits, value: scale } = nearestFloat16(largest / 127);
    scales[block] = bits;
    for (let i = 0; i < BLOCK; i++) integers[block * BLOCK + i] = scale === 0 ? 0 : nearest(part[i] / scale, 127);
  }
  return { integers, scales };
}

function nearest(value: number, limit: number): number {
  return Math.max(-limit, Math.min(limit, Math.round(value)));
}
