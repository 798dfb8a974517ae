import type { BaselineName } from '../../contracts/agreement.js';
import { lengthScores } from '../baselines/length.js';
import { modelMeanScores } from '../baselines/model-mean.js';
import { positionScores } from '../baselines/position.js';
import type { ComparedRow, ComparedRows } from '../rows/compared-rows.js';
import { part } from '../rows/part.js';
import { type Contribution, NO_CONTRIBUTION, type Statistic } from './statistic.js';

export type ScoreSourceName = 'reward' | BaselineName;

/** A source of scores for the answers of every row: the reward or a baseline. */
export interface ScoreSource {
  readonly name: ScoreSourceName;
  /** Why this source has no value of the statistic, whatever the rows; `undefined` if it may have one. */
  whyNot(statistic: Statistic): string | undefined;
  /** The contribution of the row to each of the statistics, in their order. */
  contributions(row: ComparedRow, statistics: readonly Statistic[]): Contribution[];
}

export function baselineSources(rows: ComparedRows): Record<BaselineName, ScoreSource> {
  return {
    length: lengthSource(rows),
    model_mean: ordering('model_mean', modelMeanScores(rows) ?? 'no answer names its model'),
    position: ordering('position', positionScores(rows)),
    random: RANDOM,
  };
}

export function rewardSource(rows: ComparedRows): ScoreSource {
  return { name: 'reward', whyNot: () => undefined, contributions: contributionsOf(rows.scores) };
}

export function lengthSource(rows: ComparedRows): ScoreSource {
  return ordering('length', lengthScores(rows));
}

const RANDOM: ScoreSource = {
  name: 'random',
  whyNot: () => undefined,
  contributions: (row, statistics) => statistics.map((statistic) => statistic.atRandom(row)),
};

/** A source whose scores only order the answers; they are not log-odds. @param scores or the reason why there are none */
function ordering(name: ScoreSourceName, scores: Float64Array | string): ScoreSource {
  if (typeof scores === 'string') {
    return { name, whyNot: () => scores, contributions: (_, statistics) => statistics.map(() => NO_CONTRIBUTION) };
  }
  const whyNot = ({ ofLogOdds, whyUndefined }: Statistic) => (ofLogOdds ? whyUndefined : undefined);
  const contributions = contributionsOf(scores);
  return {
    name,
    whyNot,
    contributions: (row, statistics) =>
      contributions(row, statistics).map((one, s) => (whyNot(statistics[s]) ? NO_CONTRIBUTION : one)),
  };
}

/** @param scores of all labelled answers */
function contributionsOf(scores: Float64Array): ScoreSource['contributions'] {
  return (row, statistics) => {
    const seen = { ...row, scores: part(scores, row.start, row.start + row.labels.length) };
    return statistics.map((statistic) => statistic.contribution(seen));
  };
}
