import type { RankConfusion } from '../../contracts/agreement.js';
import type { Spec } from './render.js';
import { INK, MUTED, plot, REWARD } from './theme.js';

const SIDE = 290;
/** Opacity of the strongest cell, on which the number must stay readable. */
const STRONGEST = 0.5;
/** Numbers in more cells than this would be too small. */
const NUMBERED = 10;

/** The label ranks of the answers at each reward rank: one row of cells per reward rank, shaded by the share of the row. */
export function rankConfusionPlot({ counts }: RankConfusion): Spec {
  const k = counts.length;
  const cells = counts.flatMap((row, reward) => cellsOf(row, reward + 1));
  const ticks = Array.from({ length: k }, (_, i) => i + 1).filter(
    (rank) => k <= NUMBERED || rank % 5 === 0 || rank === 1,
  );
  const place = (title: string, orient: 'top' | 'left') =>
    ({
      type: 'ordinal',
      scale: { paddingInner: 0.04, paddingOuter: 0 },
      axis: {
        title,
        orient,
        values: ticks,
        domain: false,
        ticks: false,
        labelAngle: 0,
        grid: false,
        titlePadding: 8,
        labelPadding: 6,
      },
    }) as const;
  const encoding: Spec['encoding'] = {
    x: { field: 'label', ...place('rank by label, 1 = best', 'top') },
    y: { field: 'reward', ...place('rank by reward', 'left') },
  };
  const strongest = Math.max(...cells.map(({ share }) => share));
  const height = SIDE - 30;
  return plot({ height, top: 44, bottom: 8 }, encoding, [
    {
      data: { values: cells },
      mark: { type: 'rect', color: REWARD },
      encoding: {
        fillOpacity: {
          field: 'share',
          type: 'quantitative',
          scale: { domain: [0, strongest], range: [0.02, STRONGEST] },
          legend: null,
        },
      },
    },
    {
      data: { values: cells.filter(({ label, reward }) => label === reward) },
      mark: { type: 'rect', filled: false, stroke: MUTED, strokeWidth: 1 },
    },
    k > NUMBERED
      ? undefined
      : { data: { values: cells }, mark: { type: 'text', color: INK }, encoding: { text: { field: 'text' } } },
  ]);
}

function cellsOf(row: readonly number[], reward: number) {
  const total = row.reduce((sum, count) => sum + count, 0);
  return row.map((count, i) => {
    const share = total === 0 ? 0 : count / total;
    return { reward, label: i + 1, share, text: total === 0 ? '' : `${Math.round(share * 100)}` };
  });
}
