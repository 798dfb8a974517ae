import { adjacentAccuracy } from './adjacent-accuracy.js';
import { kendallTauB } from './kendall-tau-b.js';
import { meanPairwiseAccuracy } from './mean-pairwise-accuracy.js';
import { ndcg } from './ndcg.js';
import { pairwiseAccuracy } from './pairwise-accuracy.js';
import { pearson } from './pearson.js';
import { plackettLuceNll } from './plackett-luce-nll.js';
import { spearman } from './spearman.js';
import type { Statistic } from './statistic.js';
import { top1 } from './top1.js';

/** Every statistic that is measured, in the order of the output. */
export const STATISTICS: readonly Statistic[] = [
  pairwiseAccuracy,
  meanPairwiseAccuracy,
  adjacentAccuracy,
  kendallTauB,
  spearman,
  pearson,
  top1,
  ndcg,
  plackettLuceNll,
];
