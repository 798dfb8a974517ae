import type { RankedRow } from '../../contracts/ranked-row.js';
import type { Ranking } from '../../contracts/ranking.js';
import { ranksOf } from '../../contracts/ranks.js';
import { isRefusal } from '../../contracts/refusal.js';
import type { Choices, RankBy } from './choices.js';
import type { RankedAnswer } from './chosen-row.js';
import type { Dropped } from './dropped.js';

/** The answers of a row that are not left out, best first. */
export function rankedAnswers(row: RankedRow, { rankBy, drop }: Choices, dropped: Dropped): RankedAnswer[] {
  const { ranking, answers } = row;
  const values = valuesOf(ranking, rankBy);
  const known = answers.flatMap((text, position) => {
    const value = values[position];
    if (value === null) return [];
    return [{ position, text, length: ranking.lengths[position], model: ranking.models?.[position] ?? null, value }];
  });
  dropped.add('unlabelled', answers.length - known.length);
  const left = known.filter(({ position, text }) => {
    if (drop.includes('truncated') && ranking.truncated?.includes(position)) return refused('truncated', dropped);
    if (drop.includes('refusals') && isRefusal(text)) return refused('refusals', dropped);
    return true;
  });
  const ordered = inOrder(left);
  if (!drop.includes('equal')) return ranked(ordered);
  const texts = new Set<string>();
  return ranked(
    ordered.filter(({ text }) => {
      if (texts.has(text)) return refused('equal', dropped);
      texts.add(text);
      return true;
    }),
  );
}

function refused(reason: 'truncated' | 'refusals' | 'equal', dropped: Dropped): boolean {
  dropped.add(reason);
  return false;
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

type Unranked = Omit<RankedAnswer, 'rank'>;

function inOrder(answers: readonly Unranked[]): Unranked[] {
  return ranksOf(answers.map(({ value }) => value)).order.map((place) => answers[place]);
}

function ranked(answers: readonly Unranked[]): RankedAnswer[] {
  const { ranks } = ranksOf(answers.map(({ value }) => value));
  return answers.map((answer, place) => ({ ...answer, rank: ranks[place] }));
}
