import type { RewardTensors } from '../reward-tensors.js';
import { changedAsRead, type Matrix, ROW_STEP } from './matrix.js';

/**
 * A few channels of a trunk's activations are many times larger than the others, and use up the precision of a scale per token.
 * A Hadamard matrix R (symmetric, and its own inverse) that rotates each 64 neighbouring channels spreads them evenly. R is folded into the
 * weights before and after the activation, so rewards do not change beyond rounding. This is the computational invariance of QuaRot
 * (arXiv 2404.00456), applied in blocks, since a power of two need not divide the width.
 */
const LARGEST_BLOCK = ROW_STEP;

/** The largest power of two up to 64 that divides `width`. */
export function blockOf(width: number): number {
  let block = 1;
  while (block < LARGEST_BLOCK && width % (block * 2) === 0) block *= 2;
  return block;
}

/** The Hadamard matrix of Sylvester's construction [size, size], scaled to be orthogonal. */
export function hadamard(size: number): Matrix {
  const values = new Float32Array(size * size);
  for (let i = 0; i < size; i++) values[i * size + i] = 1;
  for (let row = 0; row < size; row++) walshHadamard(values, row * size, 1, size);
  return { rows: size, columns: size, values };
}

/**
 * The same trunk with a rotated residual stream and a rotated feed-forward product. The gains of the norms move into the weights after
 * them, since R does not commute with a gain per channel. The embedding table is not rotated: the graph must rotate the looked-up embedding
 * and the feed-forward product (`Arithmetic.rotated`).
 */
export function rotatedCheckpoint(checkpoint: RewardTensors): RewardTensors {
  const gains = new Map<string, Float32Array>();
  const gainOf = async (name: string, width: number) => {
    const known = gains.get(name) ?? (await checkpoint.vector(name, [width]));
    gains.set(name, known);
    return known;
  };
  return {
    ...checkpoint,
    async vector(name, shape) {
      const columns = shape[shape.length - 1];
      if (isGain(name)) {
        await gainOf(name, columns);
        return new Float32Array(columns).fill(1);
      }
      const values = await checkpoint.vector(name, shape);
      (await rotator(name, 1, columns))({ rows: 1, columns, values });
      return values;
    },
    async matrix(name, rows, columns) {
      return changedAsRead(await checkpoint.matrix(name, rows, columns), await rotator(name, rows, columns));
    },
  };

  /** Returns a function that rotates a block of the tensor `name` [rows, columns]. */
  async function rotator(name: string, rows: number, columns: number): Promise<(block: Matrix) => void> {
    const gainName = gainBefore(name);
    const gain = gainName === undefined ? undefined : await gainOf(gainName, columns);
    return (block) => {
      if (gain !== undefined) scaleColumns(block, gain);
      // Biases of layers that write to the stream are rotated too. The other biases are added to values that are not rotated.
      if (gain !== undefined || /(down_proj\.weight|(o|down)_proj\.bias)$/.test(name)) rotateColumns(block);
      if (/(o_proj|down_proj)\.weight$/.test(name)) rotateRows(block, blockOf(rows));
    };
  }
}

function isGain(name: string): boolean {
  return /(^|_)norm\.weight$/.test(name) && !/[qk]_norm\.weight$/.test(name);
}

/** The norm whose output a matrix reads. */
function gainBefore(name: string): string | undefined {
  if (name === 'head.weight') return 'norm.weight';
  if (/[qkv]_proj\.weight$/.test(name)) return name.replace(/\w+\.weight$/, 'attention_norm.weight');
  if (/(gate|up)_proj\.weight$/.test(name)) return name.replace(/\w+\.weight$/, 'forward_norm.weight');
  return undefined;
}

function scaleColumns({ columns, values }: Matrix, gain: Float32Array): void {
  for (let i = 0; i < values.length; i++) values[i] *= gain[i % columns];
}

/** W R: along the inputs of a layer. */
function rotateColumns({ rows, columns, values }: Matrix): void {
  const block = blockOf(columns);
  for (let row = 0; row < rows; row++) {
    for (let start = 0; start < columns; start += block) walshHadamard(values, row * columns + start, 1, block);
  }
}

/** R W: along the outputs of a layer, `block` of which are rotated together. */
function rotateRows({ rows, columns, values }: Matrix, block: number): void {
  for (let column = 0; column < columns; column++) {
    for (let start = 0; start < rows; start += block) walshHadamard(values, start * columns + column, columns, block);
  }
}

/** The fast Walsh-Hadamard transform of `size` values, `stride` apart, in place. */
function walshHadamard(values: Float32Array, start: number, stride: number, size: number): void {
  for (let half = 1; half < size; half *= 2) {
    for (let i = 0; i < size; i++) {
      if (i & half) continue;
      const a = start + i * stride;
      const b = a + half * stride;
      const [x, y] = [values[a], values[b]];
      values[a] = x + y;
      values[b] = x - y;
    }
  }
  const scale = 1 / Math.sqrt(size);
  for (let i = 0; i < size; i++) values[start + i * stride] *= scale;
}
