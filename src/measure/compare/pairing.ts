import type { Unpaired } from '../../contracts/agreement.js';
import type { Ranking } from '../../contracts/ranking.js';
import { type Namesakes, pairsOf, type RowPair } from './namesakes.js';
import { digestsOf, haveSameAnswers, keyOf, namesIn, type RunRow, runRow } from './run-row.js';
import { TakenRows } from './taken-rows.js';
import { UnpairedRows } from './unpaired-rows.js';

export type Pair = RowPair & { key: string };

/**
 * Pairs each row of run B with the same row of run A. The pairs do not depend on the order of the rows. Of several rows of one key, those
 * with the same answers are paired in the order of their content. A row of A that could be either of two rows of B is not paired.
 */
export class Pairing {
  /** By key. Most keys have one row of A. When it is paired, it is replaced by its number among the taken rows. */
  readonly #rows = new Map<string, RunRow | Namesakes | number>();
  readonly #taken = new TakenRows();
  readonly #onlyB = new UnpairedRows();
  readonly #measured: (ranking: Ranking) => Ranking;

  /** @param measured reduces a row of B to the fields that are kept while it waits for others */
  constructor(measured: (ranking: Ranking) => Ranking) {
    this.#measured = measured;
  }

  /** Adds a row of A. All rows of A must be added before those of B. */
  addA(ranking: Ranking): void {
    const key = keyOf(ranking);
    const row = runRow(ranking);
    if (this.#rows.has(key)) this.#namesakes(key).a.push(row);
    else this.#rows.set(key, row);
  }

  /** Adds a row of B. @returns its pair; `undefined` if it has none, or if that is not known yet */
  addB(ranking: Ranking): Pair | undefined {
    const key = keyOf(ranking);
    const same = this.#rows.get(key);
    if (same === undefined) this.#onlyB.add(namesIn(key).name);
    else if (typeof same === 'number') this.#taken.addOther(same, digestsOf(ranking));
    else if (isOneRow(same) && haveSameAnswers(same, ranking)) return this.#take(key, 0, { a: same, b: ranking });
    else return this.#addToNamesakes(key, ranking);
    return undefined;
  }

  /** The pairs of rows whose key several rows of A have. To be called when all rows of B have been added. */
  *latePairs(): Generator<Pair> {
    for (const [key, same] of this.#rows) {
      if (typeof same === 'number' || isOneRow(same) || same.waiting.length === 0) continue;
      const { pairs, rest } = pairsOf(same);
      this.#rows.set(key, rest);
      for (const pair of pairs) yield { key, ...pair };
    }
  }

  /** Whether the pair of this key turned out to be ambiguous, so that it must be removed. */
  isAmbiguous(key: string): boolean {
    const same = this.#rows.get(key);
    return typeof same === 'number' && this.#taken.isAmbiguous(same);
  }

  /** Rows without a partner. `different`: rows of equal key in both runs whose answers differ. */
  unpaired(): { only_a: Unpaired; only_b: Unpaired; different: Unpaired } {
    const [onlyA, onlyB, different] = [new UnpairedRows(), this.#onlyB.copy(), new UnpairedRows()];
    for (const [key, same] of this.#rows) {
      const { ofA, ofB } = this.#left(same);
      if (ofA + ofB === 0) continue;
      const { name } = namesIn(key);
      const both = Math.min(ofA, ofB);
      onlyA.add(name, ofA - both);
      onlyB.add(name, ofB - both);
      different.add(name, both);
    }
    return { only_a: onlyA.unpaired(), only_b: onlyB.unpaired(), different: different.unpaired() };
  }

  #addToNamesakes(key: string, ranking: Ranking): Pair | undefined {
    const same = this.#namesakes(key);
    const [a] = same.a;
    if (same.a.length > 1) same.waiting.push(this.#measured(ranking));
    else if (haveSameAnswers(a, ranking)) return this.#take(key, same.unpaired, { a, b: ranking });
    else same.unpaired += 1;
    return undefined;
  }

  /** The unpaired rows of a key, as lists. */
  #namesakes(key: string): Namesakes {
    const same = this.#rows.get(key);
    if (typeof same === 'object' && !isOneRow(same)) return same;
    const list = { a: typeof same === 'object' ? [same] : [], waiting: [], unpaired: 0 };
    this.#rows.set(key, list);
    return list;
  }

  /** @param others number of earlier rows of B with the key, which are not the row of A */
  #take(key: string, others: number, pair: RowPair): Pair {
    this.#rows.set(key, this.#taken.add(digestsOf(pair.b), others));
    return { key, ...pair };
  }

  /** The numbers of rows without a partner. */
  #left(same: RunRow | Namesakes | number): { ofA: number; ofB: number } {
    if (typeof same === 'object' && isOneRow(same)) return { ofA: 1, ofB: 0 };
    if (typeof same === 'object') return { ofA: same.a.length, ofB: same.unpaired + same.waiting.length };
    const takenBack = Number(this.#taken.isAmbiguous(same));
    return { ofA: takenBack, ofB: this.#taken.othersOf(same) + takenBack };
  }
}

function isOneRow(rows: RunRow | Namesakes): rows is RunRow {
  return 'scores' in rows;
}
