import { Sample } from '../../src/measure/bootstrap/measured-rows.js';
import { Xoshiro128 } from '../../src/measure/bootstrap/xoshiro128.js';
import { kendallTauB } from '../../src/measure/statistics/kendall-tau-b.js';
import { pairwiseAccuracy } from '../../src/measure/statistics/pairwise-accuracy.js';
import { plackettLuceNll } from '../../src/measure/statistics/plackett-luce-nll.js';
import { rewardSource } from '../../src/measure/statistics/score-sources.js';
import type { Statistic } from '../../src/measure/statistics/statistic.js';
import { type ResampledValues, StatisticColumns } from '../../src/measure/statistics/statistic-columns.js';
import { top1 } from '../../src/measure/statistics/top1.js';
import { simulatedPrompts } from './simulated-prompts.js';

const STATISTICS: readonly Statistic[] = [pairwiseAccuracy, kendallTauB, top1, plackettLuceNll];

export interface Coverage {
  truth: number;
  /** Share of the repetitions whose interval contains the true value. */
  covered: number;
  /** Shares whose interval is wholly above the true value, and below it. */
  above: number;
  below: number;
  meanWidth: number;
}

/** The statistics of simulated prompts, and their sample. */
function measured(prompts: number, seed: number, resamples: number): { sample: Sample; values: ResampledValues } {
  const rows = simulatedPrompts(prompts, Xoshiro128.seeded(seed));
  const sample = new Sample(rows, { resamples, seed, level: 0.95 });
  const columns = new StatisticColumns(sample, rewardSource(rows), STATISTICS);
  for (const row of rows) columns.add(row, sample.unitOf[row.row]);
  return { sample, values: columns.resampledValues() };
}

/** How often the intervals from `prompts` prompts contain the values of a very large sample. */
export function intervalCoverage(prompts: number, repetitions: number, truthPrompts: number): Record<string, Coverage> {
  const truths = measured(truthPrompts, 1_000_003, 2).values;
  const found = Object.fromEntries(
    [...truths].map(([name, { value }]) => [name, { truth: value, covered: 0, above: 0, below: 0, meanWidth: 0 }]),
  );
  for (let repetition = 0; repetition < repetitions; repetition++) {
    const { sample, values } = measured(prompts, repetition, 1000);
    for (const [name, resampled] of values) {
      const { low, high } = sample.estimate(resampled);
      const coverage = found[name];
      coverage.meanWidth += ((high ?? 0) - (low ?? 0)) / repetitions;
      if ((low ?? 0) > coverage.truth) coverage.above += 1 / repetitions;
      else if ((high ?? 0) < coverage.truth) coverage.below += 1 / repetitions;
      else coverage.covered += 1 / repetitions;
    }
  }
  return found;
}
