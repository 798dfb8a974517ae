import type { BestOfN, Estimate } from '../../contracts/agreement.js';
import { ends, horizontalAxis, verticalAxis } from './axes.js';
import { marked, withInterval } from './marks.js';
import type { Layer, Spec } from './render.js';
import { countTicks, roundScale } from './scale.js';
import { LONGER, MUTED, plot, REWARD } from './theme.js';

type Point = BestOfN['points'][number];

/** The label value that picking a scorer's best of n loses, for each n. */
export function bestOfNPlot({ unit, points }: BestOfN): Spec {
  const all = points.flatMap(({ reward, length, random }) => [reward, length, random].flatMap(ends));
  const scale = roundScale([0, ...all], 5);
  const largest = points[points.length - 1].n;
  const encoding: Spec['encoding'] = {
    x: {
      field: 'n',
      type: 'quantitative',
      scale: { domain: [1, Math.max(2, largest)] },
      axis: horizontalAxis('n, answers to choose from', countTicks(1, largest, 10), 'number'),
    },
    y: {
      field: 'value',
      type: 'quantitative',
      scale: { domain: scale.domain },
      axis: verticalAxis(unit === 'rank' ? 'places lost' : 'label score lost', scale, 'number'),
    },
  };
  return plot({ height: 190, right: 22 }, encoding, [
    ...curve(points, ({ random }) => random, MUTED, 'cross'),
    ...curve(points, ({ length }) => length, LONGER, 'square'),
    ...curve(points, ({ reward }) => reward, REWARD, 'circle'),
  ]);
}

function curve(points: readonly Point[], of: (point: Point) => Estimate, color: string, shape: string): Layer[] {
  const values = marked(points, of, ({ n }) => ({ n }));
  return [
    {
      data: { values: withInterval(values) },
      mark: { type: 'area', color, opacity: 0.14 },
      encoding: { y: { field: 'low', type: 'quantitative' }, y2: { field: 'high' } },
    },
    { data: { values }, mark: { type: 'line', color, strokeWidth: 1.6 } },
    { data: { values }, mark: { type: 'point', color, shape } },
  ];
}
