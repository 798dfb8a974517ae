import type { Evaluation, PositionEffects } from '../../../contracts/agreement.js';
import { counted } from '../../numbers.js';
import { positionsPlot } from '../../plots/positions.js';
import type { DrawPlot } from '../../plots/render.js';
import { dataTable } from '../data-table.js';
import { figure, noFigure } from '../figure.js';
import { html, type Markup } from '../markup.js';
import { Reasons } from '../reasons.js';
import { estimateWords, numberWords } from '../words.js';

const MOST_SLOTS = 40;
const TITLE = 'First places by position';

/** Whether the position of an answer in its row predicts its label. */
export async function positionsFigure({ position_effects }: Evaluation, draw: DrawPlot): Promise<Markup> {
  const { k, rows, chance, stored_best_first, slots } = position_effects;
  const [first] = slots;
  if (k === null || chance === null || first === undefined)
    return noFigure(TITLE, 'no row has a label for each of its answers');
  if (k > MOST_SLOTS) return noFigure(TITLE, `${k} positions are too many; --json has them`);
  return figure(
    {
      id: 'positions',
      title: TITLE,
      says:
        `Position 0 of ${k} has ${estimateWords(first.first_by_label, 'percent')} of the first places by label and ` +
        `${estimateWords(first.first_by_reward, 'percent')} of those by reward; without an effect of position it would have ${numberWords(chance, 'percent')}. ` +
        `Stored from best to worst are ${estimateWords(stored_best_first, 'percent')} of ${counted(rows, 'row')}.`,
      keys: [
        { mark: 'label', text: 'by label' },
        { mark: 'reward', text: 'by reward' },
        { mark: 'dashed', text: 'no effect' },
      ],
      spec: positionsPlot(position_effects),
      how: 'Where rows are stored best first, the points by label show that order and no bias of the judge. In rows of random order, points away from the dashed line show a bias.',
      table: tableOf(position_effects),
    },
    draw,
  );
}

function tableOf({ slots }: PositionEffects): Markup {
  const reasons = new Reasons();
  const rows = slots.map(({ position, first_by_label, first_by_reward }) => [
    `${position}`,
    reasons.cell(first_by_label, 'percent'),
    reasons.cell(first_by_reward, 'percent'),
  ]);
  return html`${dataTable({ label: TITLE, columns: ['position', 'by label', 'by reward'], rows })}${reasons.list}`;
}
