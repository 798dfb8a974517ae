import type { Ranking } from '../../types.js';

/** What is kept of a row of A until B has it too: numbers, and no text. */
export type RunRow = Pick<Ranking, 'index' | 'prompt_id' | 'scores' | 'labels' | 'label_scores' | 'lengths'> & {
  name: string;
};

export function runRow(ranking: Ranking): RunRow {
  const { index, prompt_id, scores, labels, label_scores, lengths } = ranking;
  return {
    index,
    prompt_id,
    scores,
    lengths,
    ...(labels && { labels }),
    ...(label_scores && { label_scores }),
    name: nameOf(ranking),
  };
}

/** By id where there is one, else `#` and the row's index. */
export function nameOf({ id, index }: Ranking): string {
  return id === undefined ? `#${index}` : String(id);
}

/** Rows of one key are the same row in both runs: prompt, and id or else index. An id that is a number is its text in Parquet and Arrow. */
export function keyOf(ranking: Ranking): string {
  const { prompt_id, id } = ranking;
  return JSON.stringify([prompt_id, id === undefined, nameOf(ranking)]);
}

/** Whether the answers and their labels are the same, as far as a ranking tells: so many, as long, labelled so. */
export function haveSameAnswers(a: RunRow, b: RunRow): boolean {
  return sameNumbers(a.lengths, b.lengths) && sameNumbers(a.labels ?? [], b.labels ?? []);
}

function sameNumbers(a: readonly (number | null)[], b: readonly (number | null)[]): boolean {
  return a.length === b.length && a.every((value, i) => value === b[i]);
}
