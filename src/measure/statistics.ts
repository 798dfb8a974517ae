import { adjacentAccuracy } from './adjacent-accuracy.js';
import { kendallTauB } from './kendall-tau-b.js';
import { pairwiseAccuracy } from './pairwise-accuracy.js';
import { spearman } from './spearman.js';
import type { Statistic } from './statistic.js';
import { top1 } from './top1.js';

/** Every statistic that is measured, in the order of the output. */
export const STATISTICS: readonly Statistic[] = [pairwiseAccuracy, adjacentAccuracy, kendallTauB, spearman, top1];
