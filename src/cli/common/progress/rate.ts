/** Time constant of the average in seconds: after this time an amount has 1/e of its weight. */
const MEMORY = 30;

/**
 * An exponentially weighted average rate. Recent amounts have more weight, so the time left recovers after a slow start or a stretch of
 * long rows.
 */
export class Rate {
  #amount = 0;
  #seconds = 0;

  add(amount: number, seconds: number): void {
    const kept = Math.exp(-seconds / MEMORY);
    this.#amount = kept * this.#amount + amount;
    this.#seconds = kept * this.#seconds + seconds;
  }

  /** Amount per second; `undefined` before the first amount. */
  get value(): number | undefined {
    return this.#amount > 0 && this.#seconds > 0 ? this.#amount / this.#seconds : undefined;
  }
}
