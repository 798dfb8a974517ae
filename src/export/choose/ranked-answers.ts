import type { RankedRow } from '../../contracts/ranked-row.js';
import type { Ranking } from '../../contracts/ranking.js';
import { ranksOf } from '../../contracts/ranks.js';
import { isRefusal } from '../../contracts/refusal.js';
import type { Choices, RankBy } from './choices.js';
import type { RankedAnswer } from './chosen-row.js';
import type { Dropped } from './dropped.js';

/** The answers of a row that are not left out, best first. */
export function rankedAnswers(row: RankedRow, choices: Choices, dropped: Dropped): RankedAnswer[] {
  const values = valuesOf(row.ranking, choices.rankBy);
  const left: ValuedAnswer[] = [];
  for (const [position, value] of values.entries()) {
    const reason = value === null ? 'unlabelled' : reasonToDrop(row, position, choices);
    if (reason !== undefined) dropped.add(reason);
    else if (value !== null) left.push({ position, value });
  }
  const answers = inOrder(left, row);
  return choices.drop.includes('equal') ? inOrder(withoutRepeats(answers, dropped), row) : answers;
}

interface ValuedAnswer {
  position: number;
  value: number;
}

function reasonToDrop(
  { ranking, answers }: RankedRow,
  position: number,
  { drop }: Choices,
): 'truncated' | 'refusals' | undefined {
  if (drop.length === 0) return undefined;
  if (drop.includes('truncated') && ranking.truncated?.includes(position)) return 'truncated';
  return drop.includes('refusals') && isRefusal(answers[position]) ? 'refusals' : undefined;
}

/** @param answers best first */
function withoutRepeats(answers: readonly RankedAnswer[], dropped: Dropped): RankedAnswer[] {
  const texts = new Set<string>();
  return answers.filter(({ text }) => {
    if (texts.has(text)) {
      dropped.add('equal');
      return false;
    }
    texts.add(text);
    return true;
  });
}

/** Best first, equal values in the order of the list. */
function inOrder(answered: readonly ValuedAnswer[], { ranking, answers }: RankedRow): RankedAnswer[] {
  const { ranks, order } = ranksOf(answered.map(({ value }) => value));
  return order.map((place) => {
    const { position, value } = answered[place];
    const [text, length, model] = [answers[position], ranking.lengths[position], ranking.models?.[position] ?? null];
    return { position, text, length, model, value, rank: ranks[place] };
  });
}

/**
 * What ranks the answers, higher = better; `null` for an answer without a label. Label scores are used where they order the labelled
 * answers as the label ranks do. Otherwise the value is the negative of the label rank.
 */
function valuesOf({ scores, labels, label_scores }: Ranking, rankBy: RankBy): readonly (number | null)[] {
  if (rankBy === 'reward') return scores;
  if (labels === undefined) return scores.map(() => null);
  if (label_scores !== undefined && doAgree(labels, label_scores)) return label_scores;
  return labels.map((label) => (label === null ? null : -label));
}

function doAgree(labels: readonly (number | null)[], scores: readonly (number | null)[]): boolean {
  const labelled = labels.flatMap((label, i) => (label === null ? [] : [{ label, score: scores[i] }]));
  const known = labelled.flatMap(({ score }) => score ?? []);
  if (known.length < labelled.length || scores.some((score, i) => score !== null && labels[i] === null)) return false;
  const byLabel = ranksOf(labelled.map(({ label }) => -label)).ranks;
  const byScore = ranksOf(known).ranks;
  return byLabel.every((rank, i) => rank === byScore[i]);
}
