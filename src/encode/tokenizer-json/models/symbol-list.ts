const NONE = -1;

/** The tokens of a word while they are merged: a list linked in both directions, in which a token stays where its first symbol was. */
export class SymbolList {
  readonly #ids: Int32Array;
  readonly #next: Int32Array;
  readonly #previous: Int32Array;
  #length = 0;

  /** @param capacity the most symbols of a word */
  constructor(capacity: number) {
    this.#ids = new Int32Array(capacity);
    this.#next = new Int32Array(capacity);
    this.#previous = new Int32Array(capacity);
  }

  /** Of all positions, also those whose symbol is now part of another token. */
  get length(): number {
    return this.#length;
  }

  /** Begins a word anew. */
  set(ids: readonly number[]): void {
    this.#length = ids.length;
    for (let i = 0; i < ids.length; i++) {
      this.#ids[i] = ids[i];
      this.#next[i] = i + 1;
      this.#previous[i] = i - 1;
    }
    if (ids.length > 0) this.#next[ids.length - 1] = NONE;
  }

  idAt(position: number): number {
    return this.#ids[position];
  }

  /** Position of the token after; -1 if there is none, or no token stands at `position` any more. */
  after(position: number): number {
    return this.#next[position];
  }

  /** Position of the token before; -1 if there is none. */
  before(position: number): number {
    return this.#previous[position];
  }

  /** Makes the token at `position` and the one after it, which must be there, one token. */
  join(position: number, product: number): void {
    const right = this.#next[position];
    const afterRight = this.#next[right];
    this.#ids[position] = product;
    this.#next[position] = afterRight;
    this.#next[right] = NONE;
    if (afterRight !== NONE) this.#previous[afterRight] = position;
  }

  /** The ids in order. */
  toArray(): number[] {
    const ids: number[] = [];
    if (this.#length > 0)
      for (let position = 0; position !== NONE; position = this.#next[position]) ids.push(this.#ids[position]);
    return ids;
  }
}
