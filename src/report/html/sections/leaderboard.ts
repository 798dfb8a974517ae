import type {
  Evaluation,
  Leaderboard,
  LeaderboardEntry,
  MisorderedModels,
  OrderAgreement,
} from '../../../contracts/agreement.js';
import { counted, countText } from '../../numbers.js';
import { leaderboardPlot } from '../../plots/leaderboard.js';
import type { DrawPlot } from '../../plots/render.js';
import { dataTable } from '../data-table.js';
import { type Folded, figure, noFigure } from '../figure.js';
import { type Content, html, type Markup } from '../markup.js';
import { named } from '../named.js';
import { Reasons } from '../reasons.js';
import type { Section } from '../section.js';
import { estimateWords, numberWords } from '../words.js';

const TITLE = 'Models by label and by reward';
const MISORDERED = 'Pairs of models that are misordered most';
const MOST_MODELS = 100;
/** Models that are shown unfolded: about a screenful. */
const TOP = 20;

/** The answering models ordered by label and by reward, and the pairs of models that the reward misorders most. */
export async function leaderboardSection(
  { leaderboard, misordered_models }: Evaluation,
  draw: DrawPlot,
): Promise<Section> {
  const body = html`<div class="cards">${await board(leaderboard, draw)}<div class="stack">${agreement(leaderboard)}${misordered(misordered_models)}</div></div>`;
  return { id: 'leaderboard', title: 'Leaderboard', body };
}

async function board({ models, left_out, spearman, reason }: Leaderboard, draw: DrawPlot): Promise<Markup> {
  if (models.length < 2) return noFigure(TITLE, reason ?? 'there is only one model');
  const all = models.slice(0, MOST_MODELS);
  const [shown, others] = [all.slice(0, TOP), all.slice(TOP)];
  const top = models.length > TOP ? ` Shown is the top ${TOP} of ${models.length}.` : '';
  const unrated =
    left_out > 0
      ? ` Only the ${models.length} of ${models.length + left_out} models with the most answers are rated.`
      : '';
  return figure(
    {
      id: 'models',
      title: TITLE,
      says: html`The reward's order of ${counted(models.length, 'model')} has a Spearman correlation of ${estimateWords(spearman.reward, 'number')} with that of the labels; the order by length ${estimateWords(spearman.length, 'number')}. ${farthest(models)}${top}${unrated}`,
      keys: [
        { mark: 'label', text: 'by label, with interval' },
        { mark: 'reward', text: 'by reward' },
      ],
      spec: leaderboardPlot(shown, all),
      ...(others.length > 0 && { folded: othersFolded(others, all) }),
      how: 'Bradley-Terry ratings on the scale of Elo: 400 points are odds of ten to one, the mean is 1000. ▲ and ▼: places that the model gains or loses under the reward.',
      table: modelTable(all),
    },
    draw,
  );
}

function othersFolded(others: readonly LeaderboardEntry[], all: readonly LeaderboardEntry[]): Folded {
  const places = `${TOP + 1} to ${all.length}`;
  return { title: `The other ${counted(others.length, 'model')}, ${places}`, spec: leaderboardPlot(others, all) };
}

function farthest(models: readonly LeaderboardEntry[]): Content {
  const far = models.reduce((a, b) => (Math.abs(b.moved.value ?? 0) > Math.abs(a.moved.value ?? 0) ? b : a));
  const places = far.moved.value ?? 0;
  if (places === 0) return 'No model changes its place.';
  const way = places > 0 ? 'up' : 'down';
  return html`${named(far.model)} moves farthest, ${counted(Math.abs(places), 'place')} ${way}.`;
}

function modelTable(models: readonly LeaderboardEntry[]): Markup {
  const reasons = new Reasons();
  const rows = models.map(({ model, answers, labels, reward, length, moved }) => [
    named(model),
    ...[labels, reward, length].map(({ rank }) => reasons.cell(rank, 'whole')),
    reasons.difference(moved, 'whole'),
    ...[labels, reward, length].map(({ rating }) => reasons.cell(rating, 'whole')),
    countText(answers),
  ]);
  const scorers = ['label', 'reward', 'length'];
  const places = scorers.map((scorer) => `place by ${scorer}`);
  const ratings = scorers.map((scorer) => `rating by ${scorer}`);
  const columns = ['model', ...places, 'moved', ...ratings, 'answers'];
  return html`${dataTable({ label: TITLE, columns, rows })}${reasons.list}`;
}

/** The rank correlation of each order of the models with the order by label. */
function agreement({ models, spearman, kendall_tau_b, connected }: Leaderboard): Content {
  if (models.length < 2) return undefined;
  const reasons = new Reasons();
  const row = (title: string, { reward, length, difference }: OrderAgreement) => [
    title,
    reasons.cell(reward, 'number'),
    reasons.cell(length, 'number'),
    reasons.difference(difference, 'number'),
  ];
  const rows = [row('Spearman', spearman), row('Kendall tau-b', kendall_tau_b)];
  const columns = ['correlation', 'reward', 'longer answer', 'difference'];
  return html`<div class="card"><h3>Agreement of the orders</h3>
<p>The rank correlation of each order of the models with the order by label.${connected ? '' : ' Some models are not connected by comparisons, even indirectly: their ratings compare only through the prior.'}</p>
${dataTable({ label: 'Agreement of the orders of models', columns, rows })}${reasons.list}</div>`;
}

function misordered({ pairs, of, with_interval, reason }: MisorderedModels): Content {
  if (pairs.length === 0) return reason === undefined ? undefined : noFigure(MISORDERED, reason);
  const reasons = new Reasons();
  const rows = pairs.map(({ models: [first, second], labels_prefer_first, reward_prefers_first, misordered }) => [
    html`${named(first)} over ${named(second)}`,
    numberWords(labels_prefer_first, 'percent'),
    numberWords(reward_prefers_first, 'percent'),
    reasons.cell(misordered, 'percent'),
    countText(misordered.n),
  ]);
  const columns = ['pair', 'first by label', 'first by reward', 'misordered', 'n'];
  return html`<div class="card"><h3>${MISORDERED}</h3>
<p>How often the labels and the reward prefer the first model, and how often the reward orders the two against the label. Shown are ${countText(pairs.length)} of the ${counted(with_interval, 'pair')} of models with enough prompts for an interval (of ${countText(of)} in all), by the lower ends of their intervals. ${surely(pairs)}</p>
${dataTable({ label: MISORDERED, columns, rows })}${reasons.list}</div>`;
}

/** Counts the pairs whose interval is above 50 %. */
function surely(pairs: MisorderedModels['pairs']): string {
  const sure = pairs.filter(({ misordered }) => (misordered.low ?? 0) > 0.5).length;
  if (sure === 0) return 'None is surely misordered more often than not: each interval begins at 50 % or below.';
  return `${counted(sure, 'pair')} ${sure === 1 ? 'is' : 'are'} surely misordered more often than not: the interval is above 50 %.`;
}
