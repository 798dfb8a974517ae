import type { CoveragePoint, Evaluation } from '../../../contracts/agreement.js';
import { countText, significantText } from '../../numbers.js';
import { coveragePlot } from '../../plots/coverage.js';
import type { DrawPlot } from '../../plots/render.js';
import { dataTable } from '../data-table.js';
import { figure, noFigure } from '../figure.js';
import { html, type Markup } from '../markup.js';
import { Reasons } from '../reasons.js';
import { estimateWords, numberWords } from '../words.js';

const TITLE = 'Coverage against accuracy';

/** The accuracy of the reward if it may leave close pairs undecided. */
export async function coverageFigure({ coverage: curve }: Evaluation, draw: DrawPlot): Promise<Markup> {
  const all = curve.at(-1);
  if (all === undefined) return noFigure(TITLE, 'no row has two answers with different labels');
  const half = nearestTo(0.5, curve);
  const ofAll = estimateWords(all.accuracy, 'percent');
  const says =
    half === all
      ? `The rewards of nearly all pairs are equally far apart: ${ofAll} of the pairs are ordered as the labels do.`
      : `If only the ${numberWords(half.coverage, 'percent')} of pairs with the largest reward differences are decided, ` +
        `${estimateWords(half.accuracy, 'percent')} of them are ordered as the labels do; of all pairs ${ofAll}.`;
  return figure(
    {
      id: 'coverage',
      title: TITLE,
      says,
      keys: [{ mark: 'reward', text: 'reward, with interval' }],
      spec: coveragePlot(curve),
      how: 'Read it from the right, where all pairs are decided. To the left, more and more pairs with close rewards are left undecided. If the line rises to the left, the difference of rewards shows when to trust the reward.',
      table: tableOf(curve),
    },
    draw,
  );
}

function nearestTo(share: number, curve: readonly CoveragePoint[]): CoveragePoint {
  return curve.reduce((a, b) => (Math.abs(b.coverage - share) < Math.abs(a.coverage - share) ? b : a));
}

function tableOf(curve: readonly CoveragePoint[]): Markup {
  const reasons = new Reasons();
  const rows = curve.map(({ coverage, margin, accuracy }) => [
    numberWords(coverage, 'percent'),
    significantText(margin, 3),
    reasons.cell(accuracy, 'percent'),
    countText(accuracy.n),
  ]);
  return html`${dataTable({ label: TITLE, columns: ['decided', 'least difference', 'accuracy', 'pairs'], rows })}${reasons.list}`;
}
