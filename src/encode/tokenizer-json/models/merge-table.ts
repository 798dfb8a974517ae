/** The merges of a vocabulary, by rank: the ids `lefts[rank]` and `rights[rank]` become `products[rank]`. */
export interface Merges {
  lefts: Int32Array;
  rights: Int32Array;
  products: Int32Array;
}

/** Numbers of an entry: left, right and rank + 1. The third is 0 in a free entry. */
const ENTRY = 3;

/** 2^32 divided by the golden ratio. Multiplying by it spreads the ids of a pair over the table. */
const SPREAD = 0x9e3779b1;

/**
 * Finds the merge of a pair. It is a hash table with linear probing, at most half full. A Map takes several times as long: its key would be
 * one number for both ids, too large for V8 to store without a heap object.
 */
export class MergeTable {
  readonly #entries: Int32Array;
  readonly #mask: number;
  readonly #shift: number;
  readonly #products: Int32Array;

  /**
   * If a pair has several merges, the last one counts.
   * @param reserved ids that no merge may produce
   */
  constructor({ lefts, rights, products }: Merges, reserved: ReadonlySet<number>) {
    const bits = Math.ceil(Math.log2(2 * products.length + 2));
    this.#entries = new Int32Array(ENTRY * 2 ** bits);
    this.#mask = 2 ** bits - 1;
    this.#shift = 32 - bits;
    this.#products = products;
    for (let rank = 0; rank < products.length; rank++)
      if (!reserved.has(products[rank])) this.#set(lefts[rank], rights[rank], rank);
  }

  /** Rank of the merge of a pair, -1 if it has none. Lower ranks are applied first. */
  rank(left: number, right: number): number {
    return this.#entries[this.#find(left, right) + 2] - 1;
  }

  /** The id that the merge of a rank produces. */
  product(rank: number): number {
    return this.#products[rank];
  }

  #set(left: number, right: number, rank: number): void {
    const at = this.#find(left, right);
    this.#entries[at] = left;
    this.#entries[at + 1] = right;
    this.#entries[at + 2] = rank + 1;
  }

  /** Index of the entry of a pair, or of the free entry for it. */
  #find(left: number, right: number): number {
    const entries = this.#entries;
    let slot = Math.imul(Math.imul(left, SPREAD) + right, SPREAD) >>> this.#shift;
    for (;;) {
      const at = ENTRY * slot;
      if (entries[at + 2] === 0 || (entries[at] === left && entries[at + 1] === right)) return at;
      slot = (slot + 1) & this.#mask;
    }
  }
}
