import type { Calibration, CalibrationBin } from '../../contracts/agreement.js';
import type { Sample } from '../bootstrap/measured-rows.js';
import { type ResampledValue, undefinedValue } from '../bootstrap/resampled-value.js';
import type { SampleColumn } from '../bootstrap/sample-column.js';
import { temperature } from './temperature.js';

const BINS = 10;

/**
 * Calibration of P(i beats j) = sigmoid((score i - score j) / T) over all pairs of different label, with the maximum-likelihood T and with
 * T = 1. Pairs go into ten bins of equal width by the confidence that the higher score wins, from 0.5 to 1. Pairs of equal score have
 * confidence 0.5 and count half. Where T is undefined there are no bins.
 * @param given a T that was fitted on other rows
 */
export function calibration(sample: Sample, given?: number): Calibration {
  const fitted = temperature(sample);
  const bins = Number.isNaN(fitted.value) ? undefined : confidenceBins(sample, fitted.value);
  return {
    temperature: sample.estimate(fitted),
    expected_error: sample.estimate(bins ? expectedError(bins) : undefinedValue(fitted.whyUndefined)),
    expected_error_unscaled: sample.estimate(expectedError(confidenceBins(sample, 1))),
    ...(given !== undefined && {
      given: { temperature: given, expected_error: sample.estimate(expectedError(confidenceBins(sample, given))) },
    }),
    bins: bins?.map((bin, i) => calibrationBin(bin, i, sample)) ?? [],
  };
}

interface ConfidenceBin {
  accuracy: SampleColumn;
  /** Accuracy minus confidence. */
  gap: SampleColumn;
}

function confidenceBins(sample: Sample, temperature: number): ConfidenceBin[] {
  const bins = Array.from({ length: BINS }, () => ({ accuracy: sample.column(), gap: sample.column() }));
  sample.forEachMargin((margin, unit) => {
    const confidence = 1 / (1 + Math.exp(-Math.abs(margin) / temperature));
    const right = (1 + Math.sign(margin)) / 2;
    const bin = bins[Math.min(BINS - 1, Math.floor((confidence - 0.5) * 2 * BINS))];
    bin.accuracy.add(unit, { sum: right, count: 1 });
    bin.gap.add(unit, { sum: right - confidence, count: 1 });
  });
  return bins;
}

/**
 * The expected calibration error, from 0 to 1: the mean of |accuracy - confidence| over bins, weighted by pairs ("On calibration of modern
 * neural networks", ICML 2017). Noise in the bins biases the error upwards, and a resample adds about as much bias again. The interval
 * is the basic one, which subtracts this ("Bootstrap Methods and their Application", 1997, chapter 5). T is not fitted again in the
 * resamples.
 */
function expectedError(bins: readonly ConfidenceBin[]): ResampledValue {
  const gaps = bins.map(({ gap }) => gap.totals());
  const pairs = gaps.reduce((sum, { count }) => sum + count, 0);
  const value = gaps.reduce((sum, gap) => sum + Math.abs(gap.sum), 0) / pairs;
  const replicates = gaps[0].sums.map((_, r) => {
    const drawn = gaps.reduce((sum, { counts }) => sum + counts[r], 0);
    const error = gaps.reduce((sum, { sums }) => sum + Math.abs(sums[r]), 0) / drawn;
    return Math.min(1, Math.max(0, 2 * value - error));
  });
  const prompts = Math.max(...gaps.map(({ units }) => units));
  return { value, n: pairs, replicates, prompts, whyUndefined: '' };
}

function calibrationBin({ accuracy, gap }: ConfidenceBin, i: number, sample: Sample): CalibrationBin {
  const { sum, count } = gap.totals();
  const resampled = accuracy.ratio('no pair has such a confidence');
  return {
    low: 0.5 + i / (2 * BINS),
    high: 0.5 + (i + 1) / (2 * BINS),
    confidence: count === 0 ? null : resampled.value - sum / count,
    accuracy: sample.estimate(resampled),
  };
}
