import type { Estimate, PositionEffects } from '../../contracts/agreement.js';
import { ends, horizontalAxis, verticalAxis } from './axes.js';
import { marked, reference, uprightIntervals } from './marks.js';
import type { Layer, Spec } from './render.js';
import { countTicks, roundScale } from './scale.js';
import { INK, plot, REWARD } from './theme.js';

type Slot = PositionEffects['slots'][number];

/** The share of first places that each slot has. */
export function positionsPlot({ slots, chance }: PositionEffects): Spec {
  const shares = slots.flatMap(({ first_by_label, first_by_reward }) =>
    [first_by_label, first_by_reward].flatMap(ends),
  );
  const scale = roundScale([0, chance ?? 0, ...shares], 5);
  const encoding: Spec['encoding'] = {
    x: {
      field: 'slot',
      type: 'quantitative',
      scale: { domain: [-0.5, slots.length - 0.5], nice: false },
      axis: horizontalAxis('position of the answer in its row', countTicks(0, slots.length - 1, 12), 'number'),
    },
    y: {
      field: 'value',
      type: 'quantitative',
      scale: { domain: scale.domain },
      axis: verticalAxis('share of the first places', scale, 'percent'),
    },
  };
  return plot({ height: 170 }, encoding, [
    chance === null ? undefined : reference('y', chance),
    ...series(slots, ({ first_by_label }) => first_by_label, -0.13, INK, 'diamond'),
    ...series(slots, ({ first_by_reward }) => first_by_reward, 0.13, REWARD, 'circle'),
  ]);
}

function series(
  slots: readonly Slot[],
  of: (slot: Slot) => Estimate,
  shift: number,
  color: string,
  shape: string,
): Layer[] {
  const points = marked(slots, of, ({ position }) => ({ slot: position + shift }));
  return [uprightIntervals(points, color), { data: { values: points }, mark: { type: 'point', color, shape } }];
}
