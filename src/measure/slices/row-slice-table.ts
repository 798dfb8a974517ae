import type { Slice, SliceTable } from '../../contracts/agreement.js';
import type { Sample } from '../bootstrap/measured-rows.js';
import type { ComparedRow } from '../rows/compared-rows.js';
import { kendallTauB } from '../statistics/kendall-tau-b.js';
import { comparisonsWon, pairwiseAccuracy } from '../statistics/pairwise-accuracy.js';
import { plackettLuceNll } from '../statistics/plackett-luce-nll.js';
import { lengthSource, rewardSource, type ScoreSource } from '../statistics/score-sources.js';
import type { Statistic } from '../statistics/statistic.js';
import { differencesOf, estimatesOf, StatisticColumns } from '../statistics/statistic-columns.js';
import { top1 } from '../statistics/top1.js';
import { type RowSlices, rowsOfSlices, shownSlices } from './row-slices.js';
import { SliceCounts } from './slice-counts.js';

/** The main statistics: one for pairs, one for order, one for the best answer, one for likelihood. */
export const OF_SLICES: readonly Statistic[] = [pairwiseAccuracy, kendallTauB, top1, plackettLuceNll];

/** The main statistics of each slice of rows, and those of the length baseline. */
export function rowSliceTable(sample: Sample, slices: RowSlices): SliceTable {
  const { rows } = sample;
  const sources = { reward: rewardSource(rows), length: lengthSource(rows) };
  const { shown, leftOut } = shownSlices(slices, rowsOfSlices(slices, rows.count));
  const parts = new Map(shown.map((slice) => [slice, new RowSliceSums(sample, sources)]));
  for (const row of rows) {
    for (const slice of slices.ofRow(row.added)) parts.get(slice)?.add(row);
  }
  const measured = [...parts].map(([slice, part]) => ({ value: slices.values[slice], ...part.slice() }));
  return { by: slices.by, slices: measured, left_out: leftOut };
}

/** Sums over the rows of one slice. */
class RowSliceSums {
  readonly #sample: Sample;
  readonly #counts = new SliceCounts();
  readonly #reward: StatisticColumns;
  readonly #length: StatisticColumns;

  constructor(sample: Sample, { reward, length }: Record<'reward' | 'length', ScoreSource>) {
    this.#sample = sample;
    this.#reward = new StatisticColumns(sample, reward, OF_SLICES);
    this.#length = new StatisticColumns(sample, length, OF_SLICES);
  }

  add(row: ComparedRow): void {
    const unit = this.#sample.unitOf[row.row];
    this.#counts.add(row.row, row.cluster, comparisonsWon(row).count);
    this.#reward.add(row, unit);
    this.#length.add(row, unit);
  }

  slice(): Omit<Slice, 'value'> {
    const [reward, length] = [this.#reward.resampledValues(), this.#length.resampledValues()];
    return {
      ...this.#counts.counts(),
      statistics: estimatesOf(reward, this.#sample),
      baselines: { length: estimatesOf(length, this.#sample) },
      differences: { length: estimatesOf(differencesOf(reward, length), this.#sample) },
    };
  }
}
