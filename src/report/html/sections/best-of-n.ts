import type { BestOfN, Evaluation } from '../../../contracts/agreement.js';
import { countText } from '../../numbers.js';
import { bestOfNPlot } from '../../plots/best-of-n.js';
import type { DrawPlot } from '../../plots/render.js';
import { dataTable } from '../data-table.js';
import { figure, noFigure } from '../figure.js';
import { html, type Markup } from '../markup.js';
import { Reasons } from '../reasons.js';
import { estimateWords } from '../words.js';

const TITLE = 'Best of n';
/** An n is drawn if this share of the rows has as many answers. */
const ENOUGH_ROWS = 0.2;

/** The label value lost by picking the reward's best answer. */
export async function bestOfNFigure({ best_of_n }: Evaluation, draw: DrawPlot): Promise<Markup> {
  const { unit, points } = best_of_n;
  const drawn = points.filter(({ reward }) => reward.n >= ENOUGH_ROWS * points[0].reward.n);
  const last = drawn.at(-1);
  if (last === undefined || last.n < 2) return noFigure(TITLE, 'no row has two answers with different labels');
  const what = unit === 'rank' ? 'places in the order of the labels' : 'of the label score';
  return figure(
    {
      id: 'best-of-n',
      title: TITLE,
      says:
        `Picking the reward's best of ${last.n} loses ${estimateWords(last.reward, 'number')} ${what} against the labels' best; ` +
        `picking the longest loses ${estimateWords(last.length, 'number')}, picking at random ${estimateWords(last.random, 'number')}.`,
      keys: [
        { mark: 'reward', text: 'reward' },
        { mark: 'longer', text: 'longest answer' },
        { mark: 'random', text: 'random answer' },
      ],
      spec: bestOfNPlot({ unit, points: drawn }),
      how: 'The exact mean loss over all subsets of n answers of a row, with its interval as a band. Lower is better. An n that few rows have is only in the table.',
      table: tableOf(best_of_n),
    },
    draw,
  );
}

function tableOf({ points }: BestOfN): Markup {
  const reasons = new Reasons();
  const rows = points.map(({ n, reward, length, random }) => [
    `${n}`,
    ...[reward, length, random].map((estimate) => reasons.cell(estimate, 'number')),
    countText(reward.n),
  ]);
  const columns = ['n', 'reward', 'longest answer', 'random answer', 'rows'];
  return html`${dataTable({ label: TITLE, columns, rows })}${reasons.list}`;
}
