import type { RewardTensors } from '../reward-tensors.js';
import { changedAsRead, type Matrix, ROW_STEP } from './matrix.js';

/**
 * Activations of a trunk have a few channels that are many times larger than the others, and a scale per token gives those all of
 * its precision. Turning each 64 neighbouring channels by a Hadamard matrix R (symmetric, and its own inverse) spreads them evenly,
 * and folding R into the weights before and after leaves every reward as it is: the computational invariance of QuaRot
 * (arXiv 2404.00456), here in blocks, so that every width has one.
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
  for (let row = 0; row < size; row++) turn(values, row * size, 1, size);
  return { rows: size, columns: size, values };
}

/**
 * The same trunk with its residual stream, and the inside of its feed-forward, turned. The gains of the norms move into the
 * weights after them, since R and a gain per channel cannot change places. Expects of the graph that it turns the looked-up
 * embedding and the feed-forward's product: the table stays as it is stored.
 */
export function turnedCheckpoint(checkpoint: RewardTensors): RewardTensors {
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
      (await turner(name, 1, columns))({ rows: 1, columns, values });
      return values;
    },
    async matrix(name, rows, columns) {
      return changedAsRead(await checkpoint.matrix(name, rows, columns), await turner(name, rows, columns));
    },
  };

  /** What turns a block of the tensor `name` [rows, columns]. */
  async function turner(name: string, rows: number, columns: number): Promise<(block: Matrix) => void> {
    const gainName = gainBefore(name);
    const gain = gainName === undefined ? undefined : await gainOf(gainName, columns);
    return (block) => {
      if (gain !== undefined) scaleColumns(block, gain);
      // A bias of a layer that writes to the stream is turned with it; others are added where nothing is turned.
      if (gain !== undefined || /(down_proj\.weight|(o|down)_proj\.bias)$/.test(name)) turnColumns(block);
      if (/(o_proj|down_proj)\.weight$/.test(name)) turnRows(block, blockOf(rows));
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
function turnColumns({ rows, columns, values }: Matrix): void {
  const block = blockOf(columns);
  for (let row = 0; row < rows; row++) {
    for (let start = 0; start < columns; start += block) turn(values, row * columns + start, 1, block);
  }
}

/** R W: along the outputs of a layer, `block` of which are turned together. */
function turnRows({ rows, columns, values }: Matrix, block: number): void {
  for (let column = 0; column < columns; column++) {
    for (let start = 0; start < rows; start += block) turn(values, start * columns + column, columns, block);
  }
}

/** The fast Walsh-Hadamard transform of `size` values, `stride` apart, in place. */
function turn(values: Float32Array, start: number, stride: number, size: number): void {
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
