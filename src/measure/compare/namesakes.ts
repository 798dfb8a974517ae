import type { Ranking } from '../../contracts/ranking.js';
import { byContent } from '../rows/by-content.js';
import { digestsOf, type RunRow } from './run-row.js';

/** A row of B and the row of A that it is. */
export interface RowPair {
  a: RunRow;
  b: Ranking;
}

/** The rows of one key, where they are not one row of A and its partner. */
export interface Namesakes {
  /** Of A. */
  a: RunRow[];
  /** Of B, where A has several: which is which can only be told when all are there. */
  waiting: Ranking[];
  /** Rows of B that are none of A's. */
  unpaired: number;
}

/** Pairs the rows with the same answers in the order of what they hold. */
export function pairsOf({ a, waiting, unpaired }: Namesakes): { pairs: RowPair[]; rest: Namesakes } {
  const ofA = byAnswers(a);
  const pairs: RowPair[] = [];
  let without = unpaired;
  for (const [answers, ofB] of byAnswers(waiting)) {
    const partners = ofA.get(answers) ?? [];
    const count = Math.min(partners.length, ofB.length);
    for (let i = 0; i < count; i++) pairs.push({ a: partners[i], b: ofB[i] });
    partners.splice(0, count);
    without += ofB.length - count;
  }
  return { pairs, rest: { a: [...ofA.values()].flat(), waiting: [], unpaired: without } };
}

function byAnswers<Row extends RunRow>(rows: readonly Row[]): Map<number, Row[]> {
  const groups = new Map<number, Row[]>();
  for (const row of rows) {
    const { answers } = digestsOf(row);
    const group = groups.get(answers);
    if (group === undefined) groups.set(answers, [row]);
    else group.push(row);
  }
  for (const group of groups.values()) group.sort(byContent);
  return groups;
}
