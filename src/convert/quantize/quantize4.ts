import type { Matrix } from './matrix.js';

/**
 * How many weights of a row (output channel) share a scale. Blocks of 32 are nearest to the weights. The kernel keeps each scale
 * three times, and a wide matrix bears blocks of 128, as is usual for it: they take a third less memory and half of the time.
 * There the result for a row depends on whether its run has an odd number of rows, which no run has (`RUN_MULTIPLE`), and where
 * there are fewer outputs than rows, threads could make it odd: so only a matrix with many of both has them.
 */
export function blockOf4(rows: number, columns: number): number {
  return Math.min(rows, columns) >= WIDE ? 128 : 32;
}

const WIDE = 2048;

/** What a stored nibble of 0 stands for: integers are -8 to 7. */
const LOWEST = -8;
const HIGHEST = 7;

/**
 * What the largest weight of a block becomes, in steps of the scales that are tried. Beyond -8 it is cut, so that the others,
 * which are many, have finer steps.
 */
const TRIED = [-7, -7.4, -7.8, -8.2, -8.6, -9, -9.5, -10];

/** As the runtime's MatMulNBits keeps them: value = (nibble - 8) * scale of its block. */
export interface NibbleQuantized {
  /** [rows, blocks in a row, half a block]: two weights a byte, the first in the low half. Beyond the end of a row they are 8, which is zero. */
  nibbles: Uint8Array<ArrayBuffer>;
  /** [rows, blocks in a row]; of either sign, since there is one more integer below zero than above it. */
  scales: Float32Array<ArrayBuffer>;
}

/** For each block the scale, among those tried, whose integers come nearest to the weights in squared distance. */
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
    // With these integers the best scale is product / squares, and the squared distance that of zeros less this gain.
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

/** By way of what is not negative, which is cut to an integer at once: this runs nine times for every weight. */
function nearest(value: number): number {
  const above = (value - LOWEST + 0.5) | 0;
  return above < 0 ? LOWEST : above > HIGHEST - LOWEST ? HIGHEST : above + LOWEST;
}
