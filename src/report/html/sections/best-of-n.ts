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

/** What is lost by taking the reward's best answer for the best. */
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
        `Taking the reward's best of ${last.n} loses ${estimateWords(last.reward, 'number')} ${what} against the labels' best; ` +
        `taking the longest ${estimateWords(last.length, 'number')}, taking any ${estimateWords(last.random, 'number')}.`,
      keys: [
        { mark: 'reward', text: 'reward' },
        { mark: 'longer', text: 'longest answer' },
        { mark: 'random', text: 'any answer' },
      ],
      spec: bestOfNPlot({ unit, points: drawn }),
      how: 'The mean loss over all subsets of n answers of a row, exact, with bands for the interval. Lower is better. An n that few rows have is only in the table.',
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
  const columns = ['n', 'reward', 'longest answer', 'any answer', 'rows'];
  return html`${dataTable({ label: TITLE, columns, rows })}${reasons.list}`;
}
