import type { Estimate } from '../../contracts/agreement.js';
import type { Layer } from './render.js';
import { MUTED } from './theme.js';

/** A defined estimate with what else a mark needs; the fields are those of the plot's data. */
export type Marked<Extra> = Extra & { value: number; low: number | null; high: number | null };

/** The items whose estimate is defined, in order. */
export function marked<Item, Extra>(
  items: readonly Item[],
  estimateOf: (item: Item) => Estimate,
  extra: (item: Item, position: number) => Extra,
): Marked<Extra>[] {
  return items.flatMap((item, position) => {
    const { value, low, high } = estimateOf(item);
    return value === null ? [] : [{ ...extra(item, position), value, low, high }];
  });
}

export function withInterval<Extra>(marks: readonly Marked<Extra>[]): Marked<Extra>[] {
  return marks.filter(({ low, high }) => low !== null && high !== null);
}

/** Vertical lines from `low` to `high`. */
export function uprightIntervals<Extra>(marks: readonly Marked<Extra>[], color: string): Layer {
  return {
    data: { values: withInterval(marks) },
    mark: { type: 'rule', color },
    encoding: { y: { field: 'low', type: 'quantitative' }, y2: { field: 'high' } },
  };
}

/** A line across the plot at a `value` of the other axis. */
export function across(axis: 'x' | 'y', value: number, mark: { color: string; strokeDash?: number[] }): Layer {
  return {
    data: { values: [{ value }] },
    mark: { type: 'rule', strokeWidth: 1.2, ...mark },
    encoding: axis === 'x' ? { y: { value: 0 }, y2: { value: 'height' } } : { x: { value: 0 }, x2: { value: 'width' } },
  };
}

/** A dashed line at the value of no effect. */
export function reference(axis: 'x' | 'y', value: number): Layer {
  return across(axis, value, { color: MUTED, strokeDash: [3, 3] });
}
