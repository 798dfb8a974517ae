import type { Matrix } from '../../../src/convert/quantize/matrix.js';
import { Xoshiro128 } from '../../../src/measure/bootstrap/xoshiro128.js';

/** Values like those of a trained layer: about normal, most of them within 0.06. */
export function randomMatrix(rows: number, columns: number, seed: number): Matrix {
  const random = Xoshiro128.seeded(seed);
  const normal = () => {
    let sum = -6;
    for (let i = 0; i < 12; i++) sum += random.below(65_536) / 65_536;
    return sum;
  };
  return { rows, columns, values: Float32Array.from({ length: rows * columns }, () => normal() * 0.02) };
}
