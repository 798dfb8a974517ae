/** Rows in flight at the start, at least and at most. vLLM computes 256 texts at once, which are 37 rows of seven answers. */
const FIRST = 8;
const LEAST = 1;
const MOST = 64;

/** Milliseconds of an answer below which more rows are given, and above which fewer are: then they only wait at the server. */
const SHORT = 5_000;
const LONG = 30_000;

/**
 * How many rows a server gets at once. It grows by one with each answer while answers are quick, doubling in the time of one answer, and is
 * halved when the server asks for less. After that it grows by one in the time of one answer, as TCP does (RFC 5681).
 */
export class ServerLoad {
  #limit = FIRST;
  #isHalved = false;

  /** Rows that may be in flight. */
  get limit(): number {
    return Math.floor(this.#limit);
  }

  /** @param inFlight rows that were in flight, this one included */
  answered(milliseconds: number, inFlight: number): void {
    if (milliseconds > LONG) this.#limit = Math.max(LEAST, this.#limit - 1 / this.limit);
    // Without a full load, an answer says nothing about more.
    else if (milliseconds < SHORT && inFlight >= this.limit)
      this.#limit = Math.min(MOST, this.#limit + (this.#isHalved ? 1 / this.limit : 1));
  }

  refused(): void {
    this.#isHalved = true;
    this.#limit = Math.max(LEAST, this.#limit / 2);
  }

  static readonly most = MOST;
}
