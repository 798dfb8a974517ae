import { nearestFloat16 } from '../../model/graph/float16.js';
import type { Matrix } from './matrix.js';

/**
 * The largest sum of two neighbouring weights of one sign. The int8 kernels of x86 processors without VNNI add the products of two
 * neighbouring inputs (rows 2i and 2i + 1 of a column) in 16 bits with saturation (vpmaddubsw). Activations reach 255: 255 * 128 = 32,640
 * fits in 16 bits, 255 * 129 does not. With this limit every product is exact on every processor, and each can use its fastest kernel.
 * A limit of 64 for each single weight would also be exact, but with coarser steps.
 */
export const PAIR_LIMIT = 128;
const WEIGHT_LIMIT = 127;

/** Integers [rows, columns] with one float32 scale per row (output channel): value = integer * scale. */
export interface ChannelQuantized {
  integers: Int8Array<ArrayBuffer>;
  scales: Float32Array<ArrayBuffer>;
}

/**
 * Symmetric quantization with a scale per output channel, which is a row of [out, in]. The scale is the smallest at which each weight and
 * each pair of neighbours fits.
 */
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
  // Rounding can add one half to each weight of a pair.
  return Math.max(largest / WEIGHT_LIMIT, largestPair / (PAIR_LIMIT - 1));
}

/** Integers with one float16 scale (as bits) per 32 neighbouring values. */
export interface BlockQuantized {
  integers: Int8Array<ArrayBuffer>;
  scales: Uint16Array<ArrayBuffer>;
}

export const BLOCK = 32;

/**
 * Symmetric quantization with a scale per 32 values, which maps their largest magnitude to 127. It serves tables that are looked up and
 * never multiplied as integers.
 */
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
