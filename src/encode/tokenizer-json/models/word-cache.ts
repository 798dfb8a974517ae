/**
 * The ids of words that were met lately. Bounded: when the newer half is full, the older half, with all words that were not met since
 * that half began, is dropped.
 */
export class WordCache {
  /** UTF-16 units of a word at most; longer ones seldom come again. */
  static readonly LONGEST = 32;

  readonly #half: number;
  #newer = new Map<string, readonly number[]>();
  #older: ReadonlyMap<string, readonly number[]> = new Map();

  /** @param words the most that are kept */
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

  /** Does nothing for a word that is too long. */
  set(word: string, ids: readonly number[]): void {
    if (word.length > WordCache.LONGEST) return;
    if (this.#newer.size >= this.#half) {
      this.#older = this.#newer;
      this.#newer = new Map();
    }
    this.#newer.set(copied(word), ids);
  }
}

/** A word cut out of a text is but a view that keeps the whole text in memory; joining it to another makes a string of its own. */
function copied(word: string): string {
  return ` ${word}`.slice(1);
}
