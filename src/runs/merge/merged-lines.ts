import { StarlingError } from '../../contracts/errors.js';
import { LineHeap } from './line-heap.js';
import { type RowLine, SortedLines } from './sorted-lines.js';

/** Bytes that are held of all files together, and the limits for one. */
const HELD_BYTES = 2 ** 25;
const LEAST_BYTES = 2 ** 12;
const MOST_BYTES = 2 ** 19;

export interface MergeOptions {
  /**
   * Whether the index must rise within each file and over all of them. The rejects of a sample need not be sorted: rows that cannot be read
   * come before rows that cannot be scored.
   */
  isSorted: boolean;
}

/**
 * Merges files of JSON lines by the index of their rows. Memory does not grow with the number of lines.
 * @throws StarlingError E_SHARD for a line without an index, out of order, or of a row that another file has too; E_READ
 */
export async function* mergedLines(files: readonly string[], { isSorted }: MergeOptions): AsyncGenerator<RowLine> {
  const pieceBytes = Math.min(MOST_BYTES, Math.max(LEAST_BYTES, Math.floor(HELD_BYTES / files.length)));
  const heap = new LineHeap();
  for (const name of files) {
    const file = new SortedLines(name, pieceBytes, isSorted);
    if (await file.advance()) heap.push(file);
  }
  for (let file = heap.pop(); file !== undefined; file = heap.pop()) {
    const other = heap.least;
    let isMore = true;
    // The lines of a block of rows are in one file, so most need no change of the heap.
    while (isMore && (other === undefined || file.next.index <= other.next.index)) {
      if (isSorted && file.next.index === other?.next.index) throw inBoth(file.next, other.next);
      yield file.next;
      isMore = await file.advance();
    }
    if (isMore) heap.push(file);
  }
}

function inBoth(one: RowLine, other: RowLine): StarlingError {
  const problem = `row ${one.index} is also in ${other.file}, line ${other.line}; a row can be merged once only`;
  return new StarlingError('E_SHARD', problem, { file: one.file, line: one.line });
}
