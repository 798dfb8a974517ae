import type { Estimate } from '../../contracts/agreement.js';
import { percentNumber } from '../numbers.js';
import { accuracyScale, LABELS } from './axes.js';
import { across, marked, reference, withInterval } from './marks.js';
import type { Layer, Spec } from './render.js';
import { shortNames } from './short-names.js';
import { FONT_SIZE, INK, LONGER, plot, REWARD, WIDTH } from './theme.js';

const ROW = 24;
const NAMES = 160;
const GAP = 8;
const VALUES = 62;

/** A line of a forest plot. */
export interface ForestRow {
  name: string;
  /** Shown first, with its value at the side. */
  estimate: Estimate;
  /** Colour of the estimate: the reward's, the longer answer's, or that of other baselines. */
  color: string;
  /** Picking the longer answer, on the same pairs. */
  beside?: Estimate;
}

/** Accuracies one below the other with their intervals. @param all accuracy over all rows, drawn as a line through the plot */
export function forestPlot(rows: readonly ForestRow[], all?: number): Spec {
  const scale = accuracyScale(
    rows.flatMap(({ estimate, beside }) => (beside ? [estimate, beside] : [estimate])),
    3,
  );
  const names = shortNames(
    rows.map(({ name }) => name),
    NAMES - GAP,
  );
  const encoding: Spec['encoding'] = {
    x: {
      field: 'value',
      type: 'quantitative',
      scale: { domain: scale.domain, nice: false },
      axis: {
        title: 'pairs ordered as the labels do',
        orient: 'top',
        values: scale.ticks,
        labelExpr: LABELS.percent,
        titlePadding: 8,
        domain: false,
        ticks: false,
        labelPadding: 4,
      },
    },
    y: { field: 'y', type: 'quantitative', scale: { domain: [rows.length, 0], nice: false }, axis: null },
  };
  const frame = { height: rows.length * ROW, left: NAMES, right: VALUES, top: 42, bottom: 6 };
  return plot(frame, encoding, [
    reference('x', 0.5),
    all === undefined ? undefined : across('x', all, { color: REWARD }),
    ...marks(
      rows,
      ({ beside }) => beside,
      () => LONGER,
      0.22,
      'square',
    ),
    ...marks(
      rows,
      ({ estimate }) => estimate,
      ({ color }) => color,
      rows.some(({ beside }) => beside) ? -0.14 : 0,
      'circle',
    ),
    texts(
      names.map((text, i) => ({ y: i + 0.5, text })),
      -GAP,
      'right',
    ),
    texts(
      rows.map(({ estimate }, i) => ({ y: i + 0.5, text: valueText(estimate) })),
      WIDTH - NAMES - 6,
      'right',
    ),
  ]);
}

function marks(
  rows: readonly ForestRow[],
  of: (row: ForestRow) => Estimate | undefined,
  colorOf: (row: ForestRow) => string,
  shift: number,
  shape: string,
): Layer[] {
  const points = rows.flatMap((row, i) => {
    const estimate = of(row);
    return estimate
      ? marked(
          [estimate],
          (one) => one,
          () => ({ y: i + 0.5 + shift, color: colorOf(row) }),
        )
      : [];
  });
  const color = { field: 'color', type: 'nominal', scale: null } as const;
  return [
    {
      data: { values: withInterval(points) },
      mark: { type: 'rule' },
      encoding: { x: { field: 'low', type: 'quantitative' }, x2: { field: 'high' }, color },
    },
    { data: { values: points }, mark: { type: 'point', shape }, encoding: { color } },
  ];
}

function texts(values: { y: number; text: string }[], x: number, align: 'left' | 'right'): Layer {
  return {
    data: { values },
    mark: { type: 'text', align, baseline: 'middle', color: INK, fontSize: FONT_SIZE },
    encoding: { x: { value: x }, text: { field: 'text' } },
  };
}

function valueText({ value }: Estimate): string {
  return value === null ? '–' : `${percentNumber(value)} %`;
}
