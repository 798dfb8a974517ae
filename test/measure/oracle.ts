import { readFileSync } from 'node:fs';
import type { Estimate, Ranking } from '../../src/types.js';
import { rankingOf } from './rankings.js';

type Scorer = 'reward' | 'length';

/** What test/oracles/statistics.py wrote. */
interface Oracle {
  random: { of_1_2_3_4: number[]; of_seed_1: number[] };
  rows_compared: number;
  clusters: number;
  first_resample: number[];
  pooled: Record<Scorer, Record<string, Estimate>>;
  /** Sum and count of each statistic in the order of `pooled`; null for a row without two different labels. */
  per_row: Record<Scorer, (number[] | null)[]>;
  rankings: { prompt_id: string; scores: number[]; labels: (number | null)[]; lengths: number[] }[];
}

export const oracle: Oracle = JSON.parse(readFileSync('test/oracles/statistics.json', 'utf8'));

export const oracleRankings: Ranking[] = oracle.rankings.map(({ scores, labels, ...rest }, index) =>
  rankingOf(scores, labels, { ...rest, index }),
);
