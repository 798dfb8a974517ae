import type { Ranking } from '../../contracts/ranking.js';
import { byContent } from '../rows/by-content.js';
import { digestsOf, type RunRow } from './run-row.js';

/** A row of run A and the same row in run B. */
export interface RowPair {
  a: RunRow;
  b: Ranking;
}

/** The rows of one key, if they are not just one row of A with its partner. */
export interface Namesakes {
  /** Rows of A. */
  a: RunRow[];
  /** Rows of B, if A has several rows of the key. They can be paired only when all have been added. */
  waiting: Ranking[];
  /** The number of rows of B that match no row of A. */
  unpaired: number;
}

/** Pairs rows with the same answers. If there are several, they are paired in the order of their content. */
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
