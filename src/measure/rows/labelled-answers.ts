import { RowError } from '../../contracts/errors.js';
import type { Ranking } from '../../contracts/ranking.js';
import { byCodeUnits } from './by-code-units.js';

/** One answer of a row that has a label. */
export interface LabelledAnswer {
  /** Reward, higher = better. */
  score: number;
  /** Rank, 1 = best; equal ranks are ties. */
  label: number;
  labelScore: number | null;
  /** Unicode code points. */
  length: number;
  model: string | null;
  /** Index among all answers of the row. */
  position: number;
}

/**
 * The labelled answers of a ranking, or `undefined` if no two of its labels differ, so that there is nothing to compare. They are sorted by
 * content, from the best label to the worst. So sums over them have the same bits, whatever the order of the answers in the row.
 *
 * @throws RowError E_FIELD if scores, lengths, labels, label scores and models are not equally many, or a score or label is not from -1e100
 * to 1e100
 */
export function labelledAnswers(ranking: Ranking): LabelledAnswer[] | undefined {
  const { labels, scores, lengths, label_scores, models } = ranking;
  if (labels === undefined) return undefined;
  checkShape(ranking, labels);
  const answers = labels.flatMap((label, position) => {
    if (label === null) return [];
    const labelScore = label_scores?.[position] ?? null;
    const model = models?.[position] ?? null;
    return [{ score: scores[position], label, labelScore, length: lengths[position], model, position }];
  });
  if (answers.every(({ label }) => label === answers[0].label)) return undefined;
  return answers.sort(byFields);
}

/** Compares by content. Only answers that are equal in everything else are compared by position. */
function byFields(a: LabelledAnswer, b: LabelledAnswer): number {
  return (
    a.label - b.label ||
    b.score - a.score ||
    a.length - b.length ||
    (a.labelScore ?? Number.NEGATIVE_INFINITY) - (b.labelScore ?? Number.NEGATIVE_INFINITY) ||
    Number(a.model !== null) - Number(b.model !== null) ||
    byCodeUnits(a.model ?? '', b.model ?? '') ||
    a.position - b.position
  );
}

function checkShape(ranking: Ranking, labels: readonly (number | null)[]): void {
  const { index, scores, lengths, label_scores, models } = ranking;
  checkSize('scores', scores, index);
  checkSize('labels', labels, index);
  checkSize('label_scores', label_scores ?? [], index);
  const lists = { labels, lengths, label_scores, models };
  for (const [field, list] of Object.entries(lists)) {
    if (list !== undefined) checkLength(field, list.length, scores.length, index);
  }
}

/** Squared differences of larger numbers would overflow. Real rewards and labels are far smaller. */
const LARGEST = 1e100;

function checkSize(field: string, values: readonly (number | null)[], row: number): void {
  const position = values.findIndex((value) => value !== null && !(Math.abs(value) <= LARGEST));
  if (position === -1) return;
  const message = `found ${values[position]}, expected a finite number from -${LARGEST} to ${LARGEST}; score the row again`;
  throw new RowError('E_FIELD', message, { row, field: `${field}[${position}]` });
}

function checkLength(field: string, actual: number, expected: number, row: number): void {
  if (actual === expected) return;
  const message = `${actual} ${field} for ${expected} scores; expected one for each answer: is the file the output of score?`;
  throw new RowError('E_FIELD', message, { row, field });
}
