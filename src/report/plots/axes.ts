import type { Estimate } from '../../contracts/agreement.js';
import { roundScale, type Scale } from './scale.js';

/** A vertical axis with its title above the data, where it is read first and needs no rotated text. */
export function verticalAxis(title: string, { ticks }: Scale, format: AxisFormat) {
  return {
    title,
    values: ticks,
    labelExpr: LABELS[format],
    titleAngle: 0,
    titleAlign: 'left',
    titleBaseline: 'bottom',
    titleX: -40,
    titleY: -10,
    domain: false,
    ticks: false,
    labelPadding: 6,
  } as const;
}

export function horizontalAxis(title: string, ticks: readonly number[], format: AxisFormat) {
  const values = [...ticks];
  return {
    title,
    values,
    labelExpr: LABELS[format],
    titleY: 38,
    titleBaseline: 'bottom',
    grid: false,
    tickSize: 4,
    labelPadding: 4,
  } as const;
}

export type AxisFormat = 'percent' | 'number' | 'count';

/** Vega expressions for the labels of ticks. */
export const LABELS: Readonly<Record<AxisFormat, string>> = {
  percent: "format(datum.value * 100, 'd') + ' %'",
  number: "format(datum.value, '.4~g')",
  count: "format(datum.value, '~s')",
};

/** A scale for shares that covers all estimates, their intervals, and 50 %. */
export function accuracyScale(estimates: readonly Estimate[], ticks = 5): Scale {
  return roundScale([0.5, ...estimates.flatMap(ends)].map(within), ticks);
}

/** The value of an estimate and the ends of its interval, as far as they are defined. */
export function ends({ value, low, high }: Estimate): number[] {
  return [value, low, high].filter((end) => end !== null);
}

function within(share: number): number {
  return Math.min(1, Math.max(0, share));
}
