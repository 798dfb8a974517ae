/** A row-major matrix. */
export interface Matrix {
  rows: number;
  columns: number;
  values: Float32Array<ArrayBuffer>;
}

/** A matrix that is read in blocks. The largest matrices of a checkpoint take gigabytes in float32. */
export interface StoredMatrix {
  rows: number;
  columns: number;
  /**
   * Reads the matrix from its first row, in blocks of whole rows. Each block but the last has a multiple of `ROW_STEP` rows. The caller may
   * change a block.
   */
  blocks(): AsyncIterable<Matrix>;
}

/** The rotation combines up to 64 rows, which must be in one block. */
export const ROW_STEP = 64;

/** 16 MiB of float32 in a block. */
const VALUES_AT_ONCE = 2 ** 22;

/**
 * A matrix whose values `read` reads.
 * @param read returns the values of a row-major range
 * @param most values in a block; a block has at least `ROW_STEP` rows
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

/** Applies `make` to each block, in order. */
export async function* fromBlocks<T>(matrix: StoredMatrix, make: (block: Matrix) => T): AsyncGenerator<T> {
  for await (const block of matrix.blocks()) yield make(block);
}

/** The same matrix with `change` applied to each block, in place, when the block is read. */
export function changedAsRead(matrix: StoredMatrix, change: (block: Matrix) => void): StoredMatrix {
  const changed = (block: Matrix) => {
    change(block);
    return block;
  };
  return { ...matrix, blocks: () => fromBlocks(matrix, changed) };
}

/** Stacks matrices that multiply the same input: the rows of the first, then of the second, … */
export function stacked(layers: readonly StoredMatrix[]): StoredMatrix {
  return {
    rows: layers.reduce((sum, layer) => sum + layer.rows, 0),
    columns: layers[0]?.columns ?? 0,
    async *blocks() {
      for (const layer of layers) yield* layer.blocks();
    },
  };
}
