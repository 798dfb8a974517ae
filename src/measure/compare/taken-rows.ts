import { GrowingFloats, GrowingInts } from '../rows/growing.js';
import type { Digests } from './run-row.js';

/** The rows of B that were paired with the only row of A that they can be, and what came of their key afterwards. 20 bytes a row. */
export class TakenRows {
  readonly #answers = new GrowingFloats();
  readonly #rest = new GrowingFloats();
  /** Other rows of B with the key. */
  readonly #others = new GrowingInts();
  readonly #ambiguous = new Set<number>();

  /** @param others rows of B with the key that came before @returns its number */
  add({ answers, rest }: Digests, others: number): number {
    this.#answers.push(answers);
    this.#rest.push(rest);
    this.#others.push(others);
    return this.#others.length - 1;
  }

  /** Another row of B with the key. If it could be the row of A as well, neither is known to be. */
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
