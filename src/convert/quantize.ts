import type { Matrix } from './matrix.js';

/**
 * The int8 kernels of x86 processors without VNNI add the products of two neighbouring inputs (rows 2i and 2i + 1 of a column) in
 * 16 bits with saturation: vpmaddubsw. Activations reach 255, and 255 * 128 = 32,640 fits while 255 * 129 does not, so two
 * neighbours of one sign may add up to 128. Then every product is exact, and equal, on every processor, and the fastest kernel of
 * each can be used. A limit of 64 for each weight would do as well, and make every step larger.
 */
export const PAIR_LIMIT = 128;
const WEIGHT_LIMIT = 127;

/** A [rows, columns] matrix of integers with one float32 scale per column (output channel): value = integer * scale. */
export interface ChannelQuantized {
  integers: Int8Array<ArrayBuffer>;
  scales: Float32Array<ArrayBuffer>;
}

/** Symmetric, a scale per output channel (column): the smallest at which each weight and each pair of neighbours fits. */
export function quantizeChannels({ rows, columns, values }: Matrix): ChannelQuantized {
  const scales = new Float32Array(columns);
  for (let row = 0; row < rows; row++) {
    for (let column = 0; column < columns; column++) {
      const i = row * columns + column;
      const value = Math.abs(values[i]);
      const neighbour = row % 2 === 0 && row + 1 < rows ? values[i + columns] : 0;
      const pair = values[i] * neighbour > 0 ? value + Math.abs(neighbour) : 0;
      // Rounding can add one half to each of the two.
      scales[column] = Math.max(scales[column], value / WEIGHT_LIMIT, pair / (PAIR_LIMIT - 1));
    }
  }
  for (let column = 0; column < columns; column++) scales[column] ||= 1;
  const integers = new Int8Array(rows * columns);
  for (let i = 0; i < values.length; i++) integers[i] = nearest(values[i] / scales[i % columns], WEIGHT_LIMIT);
  return { integers, scales };
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

/** The float16 nearest to a small non-negative number, as bits and as the value they stand for. */
function nearestFloat16(value: number): { bits: number; value: number } {
  const exponent = Math.max(-14, Math.floor(Math.log2(value || Number.MIN_VALUE)));
  const step = 2 ** (exponent - 10);
  const steps = Math.round(value / step);
  // Subnormals (exponent -14, fewer than 1024 steps) fall out of the same sum: their exponent field is 0.
  return { bits: steps + (exponent + 14) * 1024, value: steps * step };
}
