const NONE = -1;

/** The tokens of a word during merging: a doubly linked list. The position of a token is that of its first symbol. */
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

  /** Number of positions, including those whose symbol was merged into another token. */
  get length(): number {
    return this.#length;
  }

  /** Starts a new word. */
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

  /** Position of the next token; -1 if there is none, or if the token at `position` was merged into another. */
  after(position: number): number {
    return this.#next[position];
  }

  /** Position of the previous token; -1 if there is none. */
  before(position: number): number {
    return this.#previous[position];
  }

  /** Merges the token at `position` with the next one, which must exist. */
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
