import type { Unpaired } from '../../agreement.js';
import type { Ranking } from '../../types.js';
import { haveSameAnswers, keyOf, type RunRow, runRow } from './run-row.js';

const NAMED = 10;

/** Finds for each row of B the row of A that it is. Rows of equal key are paired in the order in which they come. */
export class Pairing {
  readonly #waiting = new Map<string, RunRow[]>();
  readonly #onlyB = new UnpairedRows();
  readonly #different = new UnpairedRows();

  /** All rows of A come before those of B. */
  addA(ranking: Ranking): void {
    const key = keyOf(ranking);
    const same = this.#waiting.get(key);
    if (same === undefined) this.#waiting.set(key, [runRow(ranking)]);
    else same.push(runRow(ranking));
  }

  /** The row of A, or `undefined` if there is none or its answers are not the same: then the row of B is counted for that. */
  partnerOf(ranking: Ranking): RunRow | undefined {
    const partner = this.#waiting.get(keyOf(ranking))?.shift();
    const row = runRow(ranking);
    if (partner === undefined) this.#onlyB.add(row.name);
    else if (haveSameAnswers(partner, row)) return partner;
    else this.#different.add(row.name);
    return undefined;
  }

  unpaired(): { only_a: Unpaired; only_b: Unpaired; different: Unpaired } {
    const onlyA = new UnpairedRows();
    for (const rows of this.#waiting.values()) for (const { name } of rows) onlyA.add(name);
    return { only_a: onlyA.told(), only_b: this.#onlyB.told(), different: this.#different.told() };
  }
}

class UnpairedRows {
  #rows = 0;
  readonly #names: string[] = [];

  add(name: string): void {
    this.#rows += 1;
    if (this.#names.length < NAMED) this.#names.push(name);
  }

  told(): Unpaired {
    return { rows: this.#rows, names: [...this.#names] };
  }
}
