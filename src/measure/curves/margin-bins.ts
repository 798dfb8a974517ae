import type { MarginBin } from '../../contracts/agreement.js';
import type { Sample } from '../bootstrap/measured-rows.js';
import type { SampleColumn } from '../bootstrap/sample-column.js';
import { GrowingFloats } from '../rows/growing.js';
import { direction } from '../statistics/direction.js';
import { binOf, binStarts } from './bins.js';

interface Bin {
  low: number;
  high: number;
  sum: number;
  count: number;
  accuracy: SampleColumn;
}

/** Pairwise accuracy by the difference of the two rewards. Pairs of equal reward have difference 0 and count half. */
export function accuracyByScoreMargin(sample: Sample): MarginBin[] {
  const { scores } = sample.rows;
  return accuracyBy(sample, (better, worse) => Math.abs(scores[better] - scores[worse]));
}

/** Pairwise accuracy by the difference of the two label scores or ranks. */
export function accuracyByLabelMargin(sample: Sample, unit: 'label_score' | 'rank'): MarginBin[] {
  const { labels, labelScores } = sample.rows;
  const values = unit === 'label_score' ? labelScores : labels;
  return accuracyBy(sample, (better, worse) => Math.abs(values[better] - values[worse]));
}

function accuracyBy(sample: Sample, marginOf: (better: number, worse: number) => number): MarginBin[] {
  const { rows, unitOf } = sample;
  const starts = binStarts(ascendingMargins(sample, marginOf));
  const bins = starts.map((low): Bin => ({ low, high: low, sum: 0, count: 0, accuracy: sample.column() }));
  rows.forEachComparison((better, worse, row) => {
    const margin = marginOf(better, worse);
    const bin = bins[binOf(margin, starts)];
    bin.high = Math.max(bin.high, margin);
    bin.sum += margin;
    bin.count += 1;
    bin.accuracy.add(unitOf[row], { sum: (1 + direction(rows.scores[better], rows.scores[worse])) / 2, count: 1 });
  });
  return bins.map(({ low, high, sum, count, accuracy }) => ({
    low,
    high,
    mean: sum / count,
    accuracy: sample.estimate(accuracy.ratio('no pair has such a margin')),
  }));
}

function ascendingMargins({ rows }: Sample, marginOf: (better: number, worse: number) => number): Float64Array {
  const margins = new GrowingFloats();
  rows.forEachComparison((better, worse) => margins.push(marginOf(better, worse)));
  return margins.values.sort();
}
