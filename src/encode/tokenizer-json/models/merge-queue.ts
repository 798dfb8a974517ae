/** Positions are below this, so a rank and a position make one exact number: 2^20 ranks and more times 2^32 stay below 2^53. */
const POSITIONS = 2 ** 32;

/** Merges that can be done, lowest rank first, from left to right among equal ranks: a binary heap of `rank * 2^32 + position`. */
export class MergeQueue {
  readonly #keys: Float64Array;
  #size = 0;

  /** @param capacity the most merges that ever wait */
  constructor(capacity: number) {
    this.#keys = new Float64Array(capacity);
  }

  get size(): number {
    return this.#size;
  }

  push(rank: number, position: number): void {
    const keys = this.#keys;
    const key = rank * POSITIONS + position;
    let at = this.#size++;
    while (at > 0) {
      const parent = (at - 1) >> 1;
      if (keys[parent] <= key) break;
      keys[at] = keys[parent];
      at = parent;
    }
    keys[at] = key;
  }

  /** Takes the first merge out; there must be one. */
  pop(): { rank: number; position: number } {
    const first = this.#keys[0];
    this.#size--;
    this.#sink(this.#keys[this.#size]);
    const rank = Math.floor(first / POSITIONS);
    return { rank, position: first - rank * POSITIONS };
  }

  /** Puts a key where the first was and moves it down to its place. */
  #sink(key: number): void {
    const keys = this.#keys;
    const size = this.#size;
    let at = 0;
    for (let child = 1; child < size; child = 2 * at + 1) {
      if (child + 1 < size && keys[child + 1] < keys[child]) child++;
      if (keys[child] >= key) break;
      keys[at] = keys[child];
      at = child;
    }
    keys[at] = key;
  }
}
