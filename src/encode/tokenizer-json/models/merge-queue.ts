/** Upper bound of positions. A rank and a position fit in one exact number, as ranks stay below 2^21 and 2^21 * 2^32 = 2^53. */
const POSITIONS = 2 ** 32;

/** The possible merges, ordered by rank, then from left to right: a binary heap of `rank * 2^32 + position`. */
export class MergeQueue {
  readonly #keys: Float64Array;
  #size = 0;

  /** @param capacity the largest number of queued merges */
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

  /** Removes and returns the first merge. The queue must not be empty. */
  pop(): { rank: number; position: number } {
    const first = this.#keys[0];
    this.#size--;
    this.#sink(this.#keys[this.#size]);
    const rank = Math.floor(first / POSITIONS);
    return { rank, position: first - rank * POSITIONS };
  }

  /** Puts a key at the root and sifts it down. */
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
