import type { Slice, SliceTable } from '../../contracts/agreement.js';
import type { Sample } from '../bootstrap/measured-rows.js';
import type { SampleColumn } from '../bootstrap/sample-column.js';
import { direction } from '../statistics/direction.js';
import { pairwiseAccuracy } from '../statistics/pairwise-accuracy.js';
import { differencesOf, estimatesOf, type ResampledValues } from '../statistics/statistic-columns.js';
import { shownSlices } from './row-slices.js';
import { SliceCounts } from './slice-counts.js';

/** Sums over the comparisons of one model. */
interface ModelSliceSums {
  counts: SliceCounts;
  reward: SampleColumn;
  length: SampleColumn;
}

/** Pairwise accuracy by answering model, over the comparisons with an answer of the model, and that of the length baseline. */
export function modelSliceTable(sample: Sample): SliceTable {
  const values = sample.rows.models.all;
  const sums = values.map(
    (): ModelSliceSums => ({ counts: new SliceCounts(), reward: sample.column(), length: sample.column() }),
  );
  addComparisons(sample, sums);
  const { shown, leftOut } = shownSlices(
    { values, inOrder: false },
    sums.map(({ counts }) => counts.comparisons),
  );
  return {
    by: 'model',
    slices: shown.map((model) => ({ value: values[model], ...sliceOf(sums[model], sample) })),
    left_out: leftOut,
  };
}

function addComparisons({ rows, unitOf }: Sample, sums: readonly ModelSliceSums[]): void {
  const { scores, lengths, modelOf, clusterOf } = rows;
  rows.forEachComparison((better, worse, row) => {
    const reward = { sum: (1 + direction(scores[better], scores[worse])) / 2, count: 1 };
    const length = { sum: (1 + direction(lengths[better], lengths[worse])) / 2, count: 1 };
    for (const model of new Set([modelOf[better], modelOf[worse]])) {
      if (model < 0) continue;
      sums[model].counts.add(row, clusterOf[row], 1);
      sums[model].reward.add(unitOf[row], reward);
      sums[model].length.add(unitOf[row], length);
    }
  });
}

function sliceOf(sums: ModelSliceSums, sample: Sample): Omit<Slice, 'value'> {
  const values = (column: SampleColumn): ResampledValues =>
    new Map([[pairwiseAccuracy.name, column.ratio(pairwiseAccuracy.whyUndefined)]]);
  const [reward, length] = [values(sums.reward), values(sums.length)];
  return {
    ...sums.counts.counts(),
    statistics: estimatesOf(reward, sample),
    baselines: { length: estimatesOf(length, sample) },
    differences: { length: estimatesOf(differencesOf(reward, length), sample) },
  };
}
