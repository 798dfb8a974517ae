import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { BaselineName, Estimate } from '../../src/contracts/agreement.js';
import type { Ranking } from '../../src/contracts/ranking.js';
import { ROOT } from '../root.js';
import { rankingOf } from './rankings.js';

type SourceName = 'reward' | 'length' | 'model_mean' | 'position';

/** The output of test/oracles/statistics.py. */
interface Oracle {
  random: { of_1_2_3_4: number[]; of_seed_1: number[] };
  rows_compared: number;
  clusters: number;
  first_resample: number[];
  pooled: Record<SourceName, Record<string, Estimate>>;
  differences: Record<Exclude<BaselineName, 'random'>, Record<string, Estimate>>;
  /** Sum and count of each statistic in the order of `pooled`; null for a row without two different labels. */
  per_row: Record<'reward' | 'length', (number[] | null)[]>;
  rankings: Pick<Ranking, 'prompt_id' | 'scores' | 'labels' | 'lengths' | 'label_scores' | 'models'>[];
}

export const oracle: Oracle = JSON.parse(readFileSync(join(ROOT, 'test/oracles/statistics.json'), 'utf8'));

export const oracleRankings: Ranking[] = oracle.rankings.map(({ scores, labels, ...rest }, index) =>
  rankingOf(scores, labels, { ...rest, index }),
);
