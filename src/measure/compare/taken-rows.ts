import { GrowingFloats, GrowingInts } from '../rows/growing.js';
import type { Digests } from './run-row.js';

/** The rows of B that were paired with the only row of A of their key, and later rows of B of the same key. 20 bytes a row. */
export class TakenRows {
  readonly #answers = new GrowingFloats();
  readonly #rest = new GrowingFloats();
  /** The number of other rows of B with the key. */
  readonly #others = new GrowingInts();
  readonly #ambiguous = new Set<number>();

  /** @param others number of earlier rows of B with the key @returns the number of the taken row */
  add({ answers, rest }: Digests, others: number): number {
    this.#answers.push(answers);
    this.#rest.push(rest);
    this.#others.push(others);
    return this.#others.length - 1;
  }

  /** Adds another row of B with the key. The pair is ambiguous if this row has the same answers but other measured values. */
  addOther(number: number, { answers, rest }: Digests): void {
    this.#others.values[number] += 1;
    if (answers === this.#answers.values[number] && rest !== this.#rest.values[number]) this.#ambiguous.add(number);
  }

  othersOf(number: number): number {
    return this.#others.values[number];
  }

  isAmbiguous(number: number): boolean {
    return this.#ambiguous.has(number);
  }
}
