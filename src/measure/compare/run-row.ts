import { createHash } from 'node:crypto';
import type { Ranking } from '../../contracts/ranking.js';

/** What is kept of a row of A until B has it too: numbers, and no text. */
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

/** By id where there is one, else `#` and the row's index. */
function nameOf({ id, index }: Ranking): string {
  return id === undefined ? `#${index}` : String(id);
}

/** Rows of one key are the same row in both runs: prompt, and id or else index. An id that is a number is its text in Parquet and Arrow. */
export function keyOf(ranking: Ranking): string {
  const { prompt_id, id } = ranking;
  return JSON.stringify([prompt_id, id === undefined, nameOf(ranking)]);
}

export function namesIn(key: string): { name: string; prompt_id: string } {
  const [prompt_id, , name] = JSON.parse(key);
  return { name, prompt_id };
}

/** Whether the answers and their labels are the same, as far as a ranking tells: so many, as long, labelled so. */
export function haveSameAnswers(a: RunRow, b: RunRow): boolean {
  return sameNumbers(a.lengths, b.lengths) && sameNumbers(a.labels ?? [], b.labels ?? []);
}

function sameNumbers(a: readonly (number | null)[], b: readonly (number | null)[]): boolean {
  return a.length === b.length && a.every((value, i) => value === b[i]);
}

/** Numbers that stand for the answers and labels, by which rows are told apart, and for all else that is measured. */
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

/** As many bytes as a number holds exactly. */
const DIGEST_BYTES = 6;

function digest(values: unknown): number {
  return createHash('sha1').update(JSON.stringify(values)).digest().readUIntBE(0, DIGEST_BYTES);
}
