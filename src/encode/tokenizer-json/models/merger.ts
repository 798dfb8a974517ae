import { MergeQueue } from './merge-queue.js';
import type { MergeTable } from './merge-table.js';
import { SymbolList } from './symbol-list.js';

/** Words of so many symbols are merged in the same memory, time and again. */
const SHORT = 1024;

/** Does the merges of a word. One of n symbols takes O(n log n), whatever they are. */
export class Merger {
  readonly #table: MergeTable;
  readonly #symbols = new SymbolList(SHORT);
  readonly #queue = new MergeQueue(mostWaiting(SHORT));

  constructor(table: MergeTable) {
    this.#table = table;
  }

  /** The ids that are left when the first merge by rank, then by position, is done until there is none. */
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
      // The pair may have changed while its merge waited.
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

  /** Rank of the merge of the token at `left` with the one after it, -1 if they have none. */
  #rankAt(left: number, symbols: SymbolList): number {
    const right = symbols.after(left);
    return right < 0 ? -1 : this.#table.rank(symbols.idAt(left), symbols.idAt(right));
  }

  #productAt(left: number, symbols: SymbolList): number | undefined {
    const rank = this.#rankAt(left, symbols);
    return rank < 0 ? undefined : this.#table.product(rank);
  }
}

/** At most one merge waits for each pair at first; each merge that is done takes one out and brings two. */
function mostWaiting(symbols: number): number {
  return 2 * symbols;
}
