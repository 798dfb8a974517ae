import { MergeQueue } from './merge-queue.js';
import type { MergeTable } from './merge-table.js';
import { SymbolList } from './symbol-list.js';

/** Words of up to this many symbols reuse one symbol list and one queue. */
const SHORT = 1024;

/** Applies the merges to a word, in O(n log n) for any n symbols. */
export class Merger {
  readonly #table: MergeTable;
  readonly #symbols = new SymbolList(SHORT);
  readonly #queue = new MergeQueue(mostWaiting(SHORT));

  constructor(table: MergeTable) {
    this.#table = table;
  }

  /** Applies the first merge by rank, then by position, until none is left. Returns the remaining ids. */
  merged(ids: readonly number[]): number[] {
    const short = ids.length <= SHORT;
    const symbols = short ? this.#symbols : new SymbolList(ids.length);
    const queue = short ? this.#queue : new MergeQueue(mostWaiting(ids.length));
    symbols.set(ids);
    this.#merge(symbols, queue);
    return symbols.toArray();
  }

  #merge(symbols: SymbolList, queue: MergeQueue): void {
    for (let left = 0; left < symbols.length; left++) this.#offer(left, symbols, queue);
    while (queue.size > 0) {
      const { rank, position } = queue.pop();
      const product = this.#table.product(rank);
      // An earlier merge may have changed the pair after it was queued.
      if (this.#productAt(position, symbols) !== product) continue;
      symbols.join(position, product);
      this.#offer(position, symbols, queue);
      if (position > 0) this.#offer(symbols.before(position), symbols, queue);
    }
  }

  #offer(left: number, symbols: SymbolList, queue: MergeQueue): void {
    const rank = this.#rankAt(left, symbols);
    if (rank >= 0) queue.push(rank, left);
  }

  /** Rank of the merge of the token at `left` with the next one, -1 if there is none. */
  #rankAt(left: number, symbols: SymbolList): number {
    const right = symbols.after(left);
    return right < 0 ? -1 : this.#table.rank(symbols.idAt(left), symbols.idAt(right));
  }

  #productAt(left: number, symbols: SymbolList): number | undefined {
    const rank = this.#rankAt(left, symbols);
    return rank < 0 ? undefined : this.#table.product(rank);
  }
}

/** Each of the n - 1 pairs starts with at most one queued merge. Each of the up to n - 1 applied merges removes one and adds up to two. */
function mostWaiting(symbols: number): number {
  return 2 * symbols;
}
