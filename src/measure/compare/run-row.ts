import { createHash } from 'node:crypto';
import type { Ranking } from '../../contracts/ranking.js';

/** The fields of a row of A that are kept until its partner in B comes: numbers, no text. */
export type RunRow = Pick<Ranking, 'index' | 'prompt_id' | 'scores' | 'labels' | 'label_scores' | 'lengths'>;

export function runRow(ranking: Ranking): RunRow {
  const { index, prompt_id, scores, labels, label_scores, lengths } = ranking;
  return {
    index,
    prompt_id,
    scores,
    lengths,
    ...(labels && { labels }),
    ...(label_scores && { label_scores }),
  };
}

/** The id if there is one, else `#` and the row's index. */
function nameOf({ id, index }: Ranking): string {
  return id === undefined ? `#${index}` : String(id);
}

/** Rows of equal key are the same row in both runs: prompt and id, or else index. Ids are compared as text, as Parquet has them. */
export function keyOf(ranking: Ranking): string {
  const { prompt_id, id } = ranking;
  return JSON.stringify([prompt_id, id === undefined, nameOf(ranking)]);
}

/** The parts of a key of `keyOf`. */
export function namesIn(key: string): { name: string; prompt_id: string } {
  const [prompt_id, , name] = JSON.parse(key);
  return { name, prompt_id };
}

/** Whether number, lengths and labels of the answers are equal. Rankings hold no texts to compare. */
export function haveSameAnswers(a: RunRow, b: RunRow): boolean {
  return sameNumbers(a.lengths, b.lengths) && sameNumbers(a.labels ?? [], b.labels ?? []);
}

function sameNumbers(a: readonly (number | null)[], b: readonly (number | null)[]): boolean {
  return a.length === b.length && a.every((value, i) => value === b[i]);
}

/** 48-bit digests of a row: `answers` covers lengths and labels, `rest` all other measured fields. */
export interface Digests {
  answers: number;
  rest: number;
}

export function digestsOf(row: RunRow & Partial<Ranking>): Digests {
  const { lengths, labels, scores, label_scores, models, source, turns, good_natured } = row;
  return {
    answers: digest([lengths, labels ?? []]),
    rest: digest([scores, label_scores, models, source, turns, good_natured]),
  };
}

/** A double holds integers of this many bytes exactly. */
const DIGEST_BYTES = 6;

function digest(values: unknown): number {
  return createHash('sha1').update(JSON.stringify(values)).digest().readUIntBE(0, DIGEST_BYTES);
}
