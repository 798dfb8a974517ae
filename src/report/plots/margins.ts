import type { MarginBin } from '../../contracts/agreement.js';
import { significantText } from '../numbers.js';
import { accuracyScale, verticalAxis } from './axes.js';
import { marked, reference, uprightIntervals } from './marks.js';
import type { Spec } from './render.js';
import { INK, MUTED, plot, REWARD, textWidth } from './theme.js';

const HEIGHT = 170;
/** Pixels for all bins together. */
const WIDTH = 300;

/** Accuracy by margin, in equally spaced bins from small to large: margins can be orders of magnitude apart. */
export function marginsPlot(bins: readonly MarginBin[], margin: string): Spec {
  const scale = accuracyScale(bins.map(({ accuracy }) => accuracy));
  const points = marked(
    bins,
    ({ accuracy }) => accuracy,
    (_, x) => ({ x }),
  );
  const encoding: Spec['encoding'] = {
    x: {
      field: 'x',
      type: 'quantitative',
      scale: { domain: [-0.5, bins.length - 0.5], nice: false },
      axis: { title: margin, values: [], titleY: 38, titleBaseline: 'bottom', grid: false },
    },
    y: {
      field: 'value',
      type: 'quantitative',
      scale: { domain: scale.domain },
      axis: verticalAxis('pairs ordered as the labels do', scale, 'percent'),
    },
  };
  return plot({ height: HEIGHT }, encoding, [
    reference('y', 0.5),
    { data: { values: points }, mark: { type: 'line', color: MUTED, strokeWidth: 1 } },
    uprightIntervals(points, REWARD),
    { data: { values: points }, mark: { type: 'point', color: REWARD } },
    {
      data: { values: binLabels(bins) },
      mark: { type: 'text', color: INK },
      encoding: { y: { value: HEIGHT + 13 }, text: { field: 'label' } },
    },
  ]);
}

function binLabels(bins: readonly MarginBin[]): { x: number; label: string }[] {
  const labels = bins.map(({ mean }, x) => ({ x, label: significantText(mean, mean < 0.001 ? 1 : 2) }));
  const widest = Math.max(...labels.map(({ label }) => textWidth(label)));
  const every = Math.ceil((widest * bins.length) / WIDTH);
  return labels.filter(({ x }) => x % every === 0);
}
