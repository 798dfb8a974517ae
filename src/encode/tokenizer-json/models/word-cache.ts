/**
 * A cache of the ids of recent words, in two halves. When the newer half is full it becomes the older half. The previous older half is
 * dropped, with the words that were not used since.
 */
export class WordCache {
  /** Longest cached word in UTF-16 units. Longer words seldom recur. */
  static readonly LONGEST = 32;

  readonly #half: number;
  #newer = new Map<string, readonly number[]>();
  #older: ReadonlyMap<string, readonly number[]> = new Map();

  /** @param words capacity */
  constructor(words: number) {
    this.#half = words / 2;
  }

  get(word: string): readonly number[] | undefined {
    const ids = this.#newer.get(word);
    if (ids !== undefined) return ids;
    const old = this.#older.get(word);
    if (old !== undefined) this.set(word, old);
    return old;
  }

  /** Ignores words above the length limit. */
  set(word: string, ids: readonly number[]): void {
    if (word.length > WordCache.LONGEST) return;
    if (this.#newer.size >= this.#half) {
      this.#older = this.#newer;
      this.#newer = new Map();
    }
    this.#newer.set(copied(word), ids);
  }
}

/** Copies a word. A slice of a text is a view in V8 and keeps the whole text in memory; concatenation makes a new string. */
function copied(word: string): string {
  return ` ${word}`.slice(1);
}
