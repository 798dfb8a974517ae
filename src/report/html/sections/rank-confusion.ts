import type { Evaluation, RankConfusion } from '../../../contracts/agreement.js';
import { counted } from '../../numbers.js';
import { rankConfusionPlot } from '../../plots/rank-confusion.js';
import type { DrawPlot } from '../../plots/render.js';
import { dataTable } from '../data-table.js';
import { figure, noFigure } from '../figure.js';
import type { Markup } from '../markup.js';
import { numberWords } from '../words.js';

const TITLE = 'Confusion of ranks';

/** The label ranks of the answers at each reward rank. */
export async function rankConfusionFigure({ rank_confusion }: Evaluation, draw: DrawPlot): Promise<Markup> {
  const { k, rows, counts } = rank_confusion;
  if (k === null || rows === 0) return noFigure(TITLE, 'no row has two answers with different labels');
  const [firsts] = counts;
  const first = firsts.reduce((sum, count) => sum + count, 0);
  const worst = firsts[firsts.length - 1];
  return figure(
    {
      id: 'ranks',
      title: TITLE,
      says:
        `Of the answers that the reward ranks first, the labels rank ${numberWords(firsts[0] / first, 'percent')} first ` +
        `and ${numberWords(worst / first, 'percent')} last (${counted(rows, 'row')} of ${k} labelled answers).`,
      keys: [],
      spec: rankConfusionPlot(rank_confusion),
      how: 'Each line is a rank by reward; its numbers are the shares, in percent, of its answers at each rank by label. Tied answers share the best rank among them. Framed: both ranks agree.',
      table: tableOf(rank_confusion),
    },
    draw,
  );
}

function tableOf({ counts }: RankConfusion): Markup {
  const columns = ['by reward', ...counts.map((_, label) => `label ${label + 1}`)];
  const rows = counts.map((row, reward) => [`${reward + 1}`, ...row.map((count) => `${count}`)]);
  return dataTable({ label: `${TITLE}: answers`, columns, rows });
}
