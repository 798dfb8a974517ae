import type { StoredMatrix } from './matrix.js';

/** Rows and columns of a tile. Source and target of a tile both fit in the CPU cache. */
const TILE = 64;

/** 256 MiB of float32, held at once. */
const VALUES_HELD = 2 ** 26;

/** A row-major block: `rows` follows from the number of values. */
interface Block<T> {
  columns: number;
  values: T;
}

/**
 * Transposes [out, in] of checkpoints to the [in, out] of the graph. Yields whole rows of the transposed matrix, in order. It reads the
 * matrix once for each part, so that it holds no more than `most` values.
 */
export async function* transposed(matrix: StoredMatrix, most = VALUES_HELD): AsyncGenerator<Float32Array<ArrayBuffer>> {
  const stripe = Math.max(1, Math.floor(most / matrix.rows));
  for (let from = 0; from < matrix.columns; from += stripe) {
    const to = Math.min(matrix.columns, from + stripe);
    const values = new Float32Array((to - from) * matrix.rows);
    let at = 0;
    for await (const block of matrix.blocks()) {
      transposeInto({ columns: matrix.rows, values }, at, block, from, to);
      at += block.rows;
    }
    yield values;
  }
}

/** Writes the columns `from` to `to` of a block to the rows of `target`, starting at column `at` of each row. */
export function transposeInto<T extends Float32Array | Int8Array>(
  target: Block<T>,
  at: number,
  { columns, values }: Block<T>,
  from = 0,
  to = columns,
): void {
  const rows = values.length / columns;
  for (let top = 0; top < rows; top += TILE) {
    const bottom = Math.min(rows, top + TILE);
    for (let left = from; left < to; left += TILE) {
      const right = Math.min(to, left + TILE);
      for (let column = left; column < right; column++) {
        const start = (column - from) * target.columns + at;
        for (let row = top; row < bottom; row++) target.values[start + row] = values[row * columns + column];
      }
    }
  }
}
