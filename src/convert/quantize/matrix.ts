/** A row-major matrix. */
export interface Matrix {
  rows: number;
  columns: number;
  values: Float32Array<ArrayBuffer>;
}

/** A matrix that is never held whole: a checkpoint's largest are gigabytes in float32. */
export interface StoredMatrix {
  rows: number;
  columns: number;
  /** Reads it from its first row: blocks of whole rows, in order, each a multiple of `ROW_STEP` rows but the last. Blocks are the reader's to change. */
  blocks(): AsyncIterable<Matrix>;
}

/** What is done to rows together, as the rotation does to up to 64, needs them in one block. */
export const ROW_STEP = 64;

/** 16 MiB of float32. */
const VALUES_AT_ONCE = 2 ** 22;

/**
 * @param read gives the values from one position to another
 * @param most values in a block, if that many make `ROW_STEP` rows
 */
export function storedMatrix(
  rows: number,
  columns: number,
  read: (from: number, to: number) => Promise<Float32Array<ArrayBuffer>>,
  most = VALUES_AT_ONCE,
): StoredMatrix {
  const step = Math.max(1, Math.floor(most / columns / ROW_STEP)) * ROW_STEP;
  return {
    rows,
    columns,
    async *blocks() {
      for (let row = 0; row < rows; row += step) {
        const end = Math.min(rows, row + step);
        yield { rows: end - row, columns, values: await read(row * columns, end * columns) };
      }
    },
  };
}

/** What `make` gives for each block, in order. */
export async function* fromBlocks<T>(matrix: StoredMatrix, make: (block: Matrix) => T): AsyncGenerator<T> {
  for await (const block of matrix.blocks()) yield make(block);
}

/** The same matrix, each block of it changed in place as it is read. */
export function changedAsRead(matrix: StoredMatrix, change: (block: Matrix) => void): StoredMatrix {
  const changed = (block: Matrix) => {
    change(block);
    return block;
  };
  return { ...matrix, blocks: () => fromBlocks(matrix, changed) };
}

/** Layers that read the same input as one matrix: the rows of the first, then of the second, … */
export function stacked(layers: readonly StoredMatrix[]): StoredMatrix {
  return {
    rows: layers.reduce((sum, layer) => sum + layer.rows, 0),
    columns: layers[0]?.columns ?? 0,
    async *blocks() {
      for (const layer of layers) yield* layer.blocks();
    },
  };
}
