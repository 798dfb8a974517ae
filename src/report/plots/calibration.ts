import type { CalibrationBin } from '../../contracts/agreement.js';
import { accuracyScale, horizontalAxis, verticalAxis } from './axes.js';
import { marked, uprightIntervals } from './marks.js';
import type { Layer, Spec } from './render.js';
import { LINE, MUTED, plot, REWARD } from './theme.js';

const HEIGHT = 190;
/** Height of the tallest bar of counts, as a share of the plot's. */
const COUNTS = 0.16;
/** Areas of the smallest and the largest point, in square pixels. */
const SMALLEST = 8;
const LARGEST = 60;

/** How often the answer that the reward prefers has the better label, by the probability that the reward gives it. */
export function calibrationPlot(bins: readonly CalibrationBin[]): Spec {
  const scale = accuracyScale(bins.map(({ accuracy }) => accuracy));
  const most = Math.max(...bins.map(({ accuracy }) => accuracy.n));
  const points = marked(
    bins,
    ({ accuracy }) => accuracy,
    ({ confidence, low, high, accuracy }) => ({
      confidence: confidence ?? (low + high) / 2,
      size: SMALLEST + (LARGEST - SMALLEST) * Math.sqrt(accuracy.n / most),
    }),
  );
  const encoding: Spec['encoding'] = {
    x: {
      field: 'confidence',
      type: 'quantitative',
      scale: { domain: [0.5, 1] },
      axis: horizontalAxis('probability that the reward gives its choice', [0.5, 0.6, 0.7, 0.8, 0.9, 1], 'percent'),
    },
    y: {
      field: 'value',
      type: 'quantitative',
      scale: { domain: scale.domain },
      axis: verticalAxis('choices that the labels confirm', scale, 'percent'),
    },
  };
  return plot({ height: HEIGHT, right: 22 }, encoding, [
    counts(bins, most, scale.domain),
    diagonal,
    uprightIntervals(points, REWARD),
    { data: { values: points }, mark: { type: 'point', color: REWARD }, encoding: { size: SIZE } },
  ]);
}

const SIZE = { field: 'size', type: 'quantitative', scale: null } as const;

const diagonal: Layer = {
  data: {
    values: [
      { confidence: 0.5, value: 0.5 },
      { confidence: 1, value: 1 },
    ],
  },
  mark: { type: 'line', color: MUTED, strokeDash: [3, 3], strokeWidth: 1.2 },
};

function counts(bins: readonly CalibrationBin[], most: number, [bottom, top]: [number, number]): Layer {
  const bars = bins.map(({ low, high, accuracy }) => ({
    low: low + 0.004,
    high: high - 0.004,
    bottom,
    height: bottom + (top - bottom) * COUNTS * (accuracy.n / most),
  }));
  return {
    data: { values: bars },
    mark: { type: 'rect', color: LINE },
    encoding: {
      x: { field: 'low', type: 'quantitative' },
      x2: { field: 'high' },
      y: { field: 'bottom', type: 'quantitative' },
      y2: { field: 'height' },
    },
  };
}
