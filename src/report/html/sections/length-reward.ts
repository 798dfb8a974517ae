import type { Evaluation, LengthReward } from '../../../contracts/agreement.js';
import { counted, countText } from '../../numbers.js';
import { halves, lengthRewardPlot } from '../../plots/length-reward.js';
import type { DrawPlot } from '../../plots/render.js';
import { dataTable } from '../data-table.js';
import { figure, noFigure } from '../figure.js';
import type { Markup } from '../markup.js';
import { estimateWords, numberWords } from '../words.js';

const TITLE = 'Length against reward';

/** Whether the reward follows length. */
export async function lengthRewardFigure({ length_reward, answers }: Evaluation, draw: DrawPlot): Promise<Markup> {
  const { spearman, points } = length_reward;
  if (points.length === 0) return noFigure(TITLE, 'no row has two answers with different labels');
  return figure(
    {
      id: 'length',
      title: TITLE,
      says: `Within a row, reward and length have a Spearman correlation of ${estimateWords(spearman, 'number')}. Drawn are ${countText(points.length)} of ${counted(answers, 'answer')}.`,
      keys: [
        { mark: 'better', text: 'labelled in the better half of its row' },
        { mark: 'worse', text: 'in the worse half' },
      ],
      spec: lengthRewardPlot(length_reward),
      how: 'The lines are means of groups of answers of similar length. Their slope is what length earns; the distance between them is what quality earns at the same length.',
      table: tableOf(length_reward),
    },
    draw,
  );
}

function tableOf(lengthReward: LengthReward): Markup {
  const { better, worse } = halves(lengthReward);
  const rows = [
    ...better.groups.map((group) => ['better', ...cells(group)]),
    ...worse.groups.map((group) => ['worse', ...cells(group)]),
  ];
  return dataTable({ label: TITLE, columns: ['half', 'length', 'mean reward', 'answers'], rows });
}

function cells({ length, reward, answers }: { length: number; reward: number; answers: number }): string[] {
  return [countText(length), numberWords(reward, 'number'), countText(answers)];
}
