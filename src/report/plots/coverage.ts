import type { CoveragePoint } from '../../contracts/agreement.js';
import { accuracyScale, horizontalAxis, verticalAxis } from './axes.js';
import { marked, withInterval } from './marks.js';
import type { Spec } from './render.js';
import { plot, REWARD } from './theme.js';

/** Accuracy against the share of pairs that are decided. */
export function coveragePlot(curve: readonly CoveragePoint[]): Spec {
  const scale = accuracyScale(curve.map(({ accuracy }) => accuracy));
  const points = marked(
    curve,
    ({ accuracy }) => accuracy,
    ({ coverage }) => ({ coverage }),
  );
  const encoding: Spec['encoding'] = {
    x: {
      field: 'coverage',
      type: 'quantitative',
      scale: { domain: [0, 1] },
      axis: horizontalAxis('pairs decided, the surest first', [0, 0.25, 0.5, 0.75, 1], 'percent'),
    },
    y: {
      field: 'value',
      type: 'quantitative',
      scale: { domain: scale.domain },
      axis: verticalAxis('decided pairs ordered as the labels do', scale, 'percent'),
    },
  };
  return plot({ height: 190, right: 22 }, encoding, [
    {
      data: { values: withInterval(points) },
      mark: { type: 'area', color: REWARD, opacity: 0.18 },
      encoding: { y: { field: 'low', type: 'quantitative' }, y2: { field: 'high' } },
    },
    { data: { values: points }, mark: { type: 'line', color: REWARD, strokeWidth: 1.6 } },
    { data: { values: points }, mark: { type: 'point', color: REWARD, size: 22 } },
  ]);
}
