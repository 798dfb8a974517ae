import type { BaselineName, Estimate, Evaluation } from '../../../contracts/agreement.js';
import { countText } from '../../numbers.js';
import { forestPlot } from '../../plots/forest.js';
import type { DrawPlot } from '../../plots/render.js';
import { LONGER, MUTED, REWARD } from '../../plots/theme.js';
import { isStoredInOrder } from '../../stored-in-order.js';
import { BASELINE_TITLES } from '../../titles.js';
import { dataTable } from '../data-table.js';
import { figure, noFigure } from '../figure.js';
import { html, type Markup } from '../markup.js';
import { Reasons } from '../reasons.js';
import type { Section } from '../section.js';
import { differenceWords, estimateWords, numberWords } from '../words.js';

/** Baselines and length controls: what could explain the agreement other than quality. */
export async function explainedAwaySection(evaluation: Evaluation, draw: DrawPlot): Promise<Section> {
  const body = html`<div class="cards">${await baselineFigure(evaluation, draw)}${lengthControl(evaluation)}</div>`;
  return { id: 'explained-away', title: 'What else could explain it', body };
}

async function baselineFigure(evaluation: Evaluation, draw: DrawPlot): Promise<Markup> {
  const { statistics, baselines } = evaluation;
  const title = 'Reward against baselines that ignore quality';
  const reward: Estimate | undefined = statistics.pairwise_accuracy;
  if (reward === undefined || reward.value === null) return noFigure(title, reward?.reason ?? 'it was not measured');
  const names = Object.keys(BASELINE_TITLES) as BaselineName[];
  const others = names.map((name) => ({
    name: BASELINE_TITLES[name].title.replace(/^(?:the|a) /, ''),
    estimate: baselines[name].pairwise_accuracy,
    color: name === 'length' ? LONGER : MUTED,
  }));
  const rows = [{ name: 'reward', estimate: reward, color: REWARD }, ...others];
  return figure(
    {
      id: 'baselines',
      title,
      says: saysOf(evaluation),
      keys: [{ mark: 'dashed', text: '50 %, a coin flip' }],
      spec: forestPlot(rows),
      how: 'Pairwise accuracy of each, with its interval, on the same pairs. Two overlapping intervals can still belong to a clear difference: the table of differences above pairs them.',
      table: tableOf(rows),
    },
    draw,
  );
}

function saysOf({ statistics, differences, position_effects }: Evaluation): string {
  const against = (name: BaselineName) =>
    `${estimateWords(differences[name].pairwise_accuracy, 'percent', differenceWords)} against ${BASELINE_TITLES[name].choosing}`;
  const sentence =
    `The reward orders ${estimateWords(statistics.pairwise_accuracy, 'percent')} of the pairs as the labels do: ` +
    `${against('length')}, ${against('model_mean')}.`;
  return isStoredInOrder(position_effects)
    ? `${sentence} Most rows are stored best first, so the position gives the labels away.`
    : sentence;
}

function tableOf(rows: readonly { name: string; estimate: Estimate }[]): Markup {
  const reasons = new Reasons();
  const cells = rows.map(({ name, estimate }) => [name, reasons.cell(estimate, 'percent'), countText(estimate.n)]);
  const columns = ['scorer', 'pairwise accuracy', 'pairs'];
  return html`${dataTable({ label: 'Pairwise accuracy of each scorer', columns, rows: cells })}${reasons.list}`;
}

function lengthControl({ length_control }: Evaluation): Markup {
  const reasons = new Reasons();
  const { within, equal_length_accuracy, length_controlled_accuracy, length_effect } = length_control;
  const rows = [
    [
      'accuracy among pairs of about equal length',
      reasons.cell(equal_length_accuracy, 'percent'),
      countText(equal_length_accuracy.n),
    ],
    [
      'length-controlled accuracy',
      reasons.cell(length_controlled_accuracy, 'percent'),
      countText(length_controlled_accuracy.n),
    ],
    ['log-odds that length adds, at most', reasons.cell(length_effect, 'number'), countText(length_effect.n)],
  ];
  return html`<div class="card"><h3>Length controlled</h3>
<p>The agreement that remains where length cannot help: among pairs whose lengths differ by at most ${numberWords(within, 'percent')} of the longer, and by a regression that estimates how often the label would agree with the reward if both answers were equally long, as AlpacaEval 2 does.</p>
${dataTable({ label: 'Agreement with length controlled', columns: ['measure', 'value', 'n'], rows })}${reasons.list}</div>`;
}
