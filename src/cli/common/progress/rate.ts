/** Seconds after which an amount counts for a third of what it did. */
const MEMORY = 30;

/**
 * How fast something goes on. What came lately counts for more, so after a slow beginning, or a stretch of long rows, the time that is
 * left shrinks again.
 */
export class Rate {
  #amount = 0;
  #seconds = 0;

  add(amount: number, seconds: number): void {
    const kept = Math.exp(-seconds / MEMORY);
    this.#amount = kept * this.#amount + amount;
    this.#seconds = kept * this.#seconds + seconds;
  }

  /** A second; `undefined` before anything came. */
  get value(): number | undefined {
    return this.#amount > 0 && this.#seconds > 0 ? this.#amount / this.#seconds : undefined;
  }
}
