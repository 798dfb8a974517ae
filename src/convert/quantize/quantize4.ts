import type { Matrix } from './matrix.js';

/**
 * How many weights of a row (output channel) share a scale. Blocks of 32 approximate the weights best. The kernel keeps each scale three
 * times. A matrix that is wide in both directions tolerates blocks of 128, which take a third less memory and half of the time.
 * With blocks of 128 the result for an activation row depends on whether its run has an odd number of rows. No run has one
 * (`RUN_MULTIPLE`), but threads could split a run into odd parts where there are fewer outputs than rows. So only a matrix with many rows
 * and many columns gets blocks of 128.
 */
export function blockOf4(rows: number, columns: number): number {
  return Math.min(rows, columns) >= WIDE ? 128 : 32;
}

const WIDE = 2048;

/** The integer that a stored nibble of 0 represents. Integers are -8 to 7. */
const LOWEST = -8;
const HIGHEST = 7;

/**
 * Candidates for the largest weight of a block, in units of the scale. Values below -8 clip that weight, which gives all other weights
 * of the block finer steps.
 */
const TRIED = [-7, -7.4, -7.8, -8.2, -8.6, -9, -9.5, -10];

/** The layout of the runtime's MatMulNBits: value = (nibble - 8) * scale of its block. */
export interface NibbleQuantized {
  /**
   * [rows, blocks in a row, block size / 2]: two weights a byte, the first in the low half. The padding of a row is 8, which means zero.
   */
  nibbles: Uint8Array<ArrayBuffer>;
  /** [rows, blocks in a row]. A scale can be negative, so that the extra negative integer (-8) fits the largest weight of either sign. */
  scales: Float32Array<ArrayBuffer>;
}

/** Quantizes each block with the candidate scale of the smallest squared error. */
export function quantizeNibbles({ rows, columns, values }: Matrix, size: number): NibbleQuantized {
  const inRow = Math.ceil(columns / size);
  const scales = new Float32Array(rows * inRow);
  const nibbles = new Uint8Array((rows * inRow * size) / 2).fill(0x88);
  for (let row = 0; row < rows; row++) {
    for (let i = 0; i < inRow; i++) {
      const end = Math.min(columns, (i + 1) * size);
      const block = values.subarray(row * columns + i * size, row * columns + end);
      const at = row * inRow + i;
      scales[at] = nearestScale(block);
      if (scales[at] !== 0) pack(block, scales[at], nibbles.subarray((at * size) / 2));
    }
  }
  return { nibbles, scales };
}

function nearestScale(block: Float32Array): number {
  let largest = 0;
  for (let i = 0; i < block.length; i++) if (Math.abs(block[i]) > Math.abs(largest)) largest = block[i];
  if (largest === 0) return 0;
  let best = 0;
  let bestGain = 0;
  for (const steps of TRIED) {
    const perStep = steps / largest;
    let product = 0;
    let squares = 0;
    for (let i = 0; i < block.length; i++) {
      const integer = nearest(block[i] * perStep);
      product += block[i] * integer;
      squares += integer * integer;
    }
    // Least squares: with these integers the best scale is product / squares. It reduces the squared error of all zeros by this gain.
    const gain = (product * product) / squares;
    if (gain > bestGain) [best, bestGain] = [product / squares, gain];
  }
  return best;
}

function pack(block: Float32Array, scale: number, nibbles: Uint8Array): void {
  for (let i = 0; i < block.length; i += 2) {
    const low = nearest(block[i] / scale) - LOWEST;
    const high = i + 1 < block.length ? nearest(block[i + 1] / scale) - LOWEST : -LOWEST;
    nibbles[i / 2] = low | (high << 4);
  }
}

/** Rounds to an integer of -8 to 7. The value is shifted to be positive, so that `| 0` rounds it: this runs nine times for every weight. */
function nearest(value: number): number {
  const above = (value - LOWEST + 0.5) | 0;
  return above < 0 ? LOWEST : above > HIGHEST - LOWEST ? HIGHEST : above + LOWEST;
}
