import type { Evaluation, MarginBin } from '../../../contracts/agreement.js';
import { countText, significantText } from '../../numbers.js';
import { marginsPlot } from '../../plots/margins.js';
import type { DrawPlot } from '../../plots/render.js';
import { dataTable } from '../data-table.js';
import { figure, noFigure } from '../figure.js';
import { html, type Markup } from '../markup.js';
import { Reasons } from '../reasons.js';
import { estimateWords } from '../words.js';

/** Accuracy by the difference of the labels. */
export function labelMarginsFigure(
  { accuracy_by_label_margin: { unit, bins } }: Evaluation,
  draw: DrawPlot,
): Promise<Markup> {
  const what = unit === 'rank' ? 'label ranks' : 'label scores';
  return marginFigure('label-margin', 'Accuracy by label margin', what, bins, draw);
}

/** Accuracy by the difference of the rewards. */
export function scoreMarginsFigure({ accuracy_by_score_margin: bins }: Evaluation, draw: DrawPlot): Promise<Markup> {
  return marginFigure('score-margin', 'Accuracy by score margin', 'rewards', bins, draw);
}

async function marginFigure(
  id: string,
  title: string,
  what: string,
  bins: readonly MarginBin[],
  draw: DrawPlot,
): Promise<Markup> {
  const [nearest] = bins;
  const farthest = bins.at(-1);
  if (farthest === undefined) return noFigure(title, 'no row has two answers with different labels');
  const accuracyIn = ({ accuracy, mean }: MarginBin) => `(${short(mean)} apart) ${estimateWords(accuracy, 'percent')}`;
  const says =
    nearest === farthest
      ? `The two ${what} of all pairs are equally far apart: of the pairs ${accuracyIn(nearest)} are ordered as the labels do.`
      : `Of the pairs with the closest ${what} ${accuracyIn(nearest)} are ordered as the labels do; of those with the farthest ${accuracyIn(farthest)}.`;
  return figure(
    {
      id,
      title,
      says,
      keys: [
        { mark: 'reward', text: 'reward, with interval' },
        { mark: 'dashed', text: '50 %, a coin flip' },
      ],
      spec: marginsPlot(bins, `difference of the two ${what} (mean of each group)`),
      how: `Pairs with different labels, grouped by the difference of their two ${what}, smallest first. ${HOW[id]}`,
      table: tableOf(bins, title),
    },
    draw,
  );
}

const HOW: Readonly<Record<string, string>> = {
  'label-margin': 'A useful reward is most accurate where the labels are farthest apart: the line should rise.',
  'score-margin': 'Where the line rises, a large difference of rewards is more reliable than a small one.',
};

function tableOf(bins: readonly MarginBin[], label: string): Markup {
  const reasons = new Reasons();
  const rows = bins.map(({ low, high, mean, accuracy }) => [
    low === high ? short(low) : `${short(low)} to ${short(high)}`,
    short(mean),
    reasons.cell(accuracy, 'percent'),
    countText(accuracy.n),
  ]);
  return html`${dataTable({ label, columns: ['difference', 'mean', 'accuracy', 'pairs'], rows })}${reasons.list}`;
}

function short(margin: number): string {
  return significantText(margin, 3);
}
