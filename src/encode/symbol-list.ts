const NONE = -1;

/** The tokens of a word while they are merged: a list linked in both directions, in which a token stays where its first symbol was. */
export class SymbolList {
  readonly #ids: Int32Array;
  readonly #next: Int32Array;
  readonly #previous: Int32Array;

  constructor(ids: readonly number[]) {
    this.#ids = Int32Array.from(ids);
    this.#next = Int32Array.from(ids, (_, i) => (i + 1 < ids.length ? i + 1 : NONE));
    this.#previous = Int32Array.from(ids, (_, i) => i - 1);
  }

  /** Of all positions, also those whose symbol is now part of another token. */
  get length(): number {
    return this.#ids.length;
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

  /** Appends the ids in order to `ids`. */
  appendTo(ids: number[]): void {
    if (this.length === 0) return;
    for (let position = 0; position !== NONE; position = this.#next[position]) ids.push(this.#ids[position]);
  }
}
