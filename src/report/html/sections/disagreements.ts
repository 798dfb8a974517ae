import type { WorstRow } from '../../../contracts/agreement.js';
import type { Ranking } from '../../../contracts/ranking.js';
import type { RowTexts } from '../../../contracts/row.js';
import { counted, countText, significantText } from '../../numbers.js';
import { dataTable } from '../data-table.js';
import { type Content, html, type Markup } from '../markup.js';
import { named } from '../named.js';
import { NOTHING } from '../reasons.js';
import type { Report } from '../report.js';
import type { Section } from '../section.js';
import { beginning, cutFor, leftAfter, promptText } from '../texts.js';
import { numberWords } from '../words.js';

/** Bytes of the page for all texts together. */
const TEXT_BYTES = 600_000;
/** Answers shown per row; of more answers, the best by label and the best by reward. */
const MOST_ANSWERS = 16;
/** Code points of a prompt in the summary of its row. */
const SNIPPET = 90;

interface Disagreement extends WorstRow {
  ranking?: Ranking;
  texts?: RowTexts;
  /** Positions of the answers that are shown, the best by label first. */
  positions: number[];
}

/** Nats. Smaller differences are rounding errors: equal rewards are as likely as a random guess. */
const ROUNDING = 1e-9;

/** The rows whose labels are least likely under the rewards, with folded texts: first those that are likelier under a random guess. */
export function disagreementsSection({ evaluation, worst }: Report): Section {
  const rows = evaluation.worst_rows.map((row, i) => disagreementOf(row, worst[i]));
  const count = rows.filter((row) => natsOf(row) > ROUNDING).length;
  const most = cutFor(rows.flatMap(shownTexts), TEXT_BYTES);
  const body = html`
<p>The top ${rows.length} of ${counted(evaluation.rows_compared, 'row')} by how unlikely the labels are under the rewards: their negative log-likelihood under the Plackett-Luce model, minus that under a random guess. Either the reward is wrong here, or the labels are: these are the rows to read first.</p>
${missing(rows)}
${list(rows.slice(0, count), most, 'worst')}
${agreeing(rows.length - count, count)}
${list(rows.slice(count), most, 'worst agreed')}`;
  return { id: 'disagreements', title: 'Worst disagreements', body };
}

function natsOf({ nll, random_nll }: WorstRow): number {
  return nll - random_nll;
}

function list(rows: readonly Disagreement[], most: number, names: string): Content {
  if (rows.length === 0) return undefined;
  const items = rows.map(
    (row) => html`<li>${details(row, most)}</li>
`,
  );
  return html`<ol class="${names}">${items}</ol>`;
}

/** Keeps rows on which rewards and labels agree from being read as disagreements. */
function agreeing(rows: number, disagreeing: number): Content {
  if (rows === 0) return undefined;
  const others =
    disagreeing === 0 ? 'None of these rows is a disagreement' : 'Of the rows below none is a disagreement';
  return html`<p class="nothing">${others}: under the rewards their labels are at least as likely as by chance. They come next.</p>`;
}

function disagreementOf(row: WorstRow, { ranking, texts }: Partial<Report['worst'][number]> = {}): Disagreement {
  if (ranking === undefined) return { ...row, positions: [] };
  return { ...row, ranking, texts, positions: shownPositions(ranking) };
}

function shownPositions({ scores, labels = [], order }: Ranking): number[] {
  const labelOf = (position: number) => labels[position] ?? Number.POSITIVE_INFINITY;
  const byLabel = scores.map((_, position) => position).sort((a, b) => labelOf(a) - labelOf(b) || a - b);
  if (byLabel.length <= MOST_ANSWERS) return byLabel;
  const shown = new Set([...byLabel.slice(0, MOST_ANSWERS / 2), ...order.slice(0, MOST_ANSWERS / 2)]);
  return byLabel.filter((position) => shown.has(position));
}

function shownTexts({ texts, positions }: Disagreement): string[] {
  return texts === undefined ? [] : [promptText(texts), ...positions.map((position) => texts.answers[position])];
}

function missing(rows: readonly Disagreement[]): Content {
  const without = rows.filter(({ texts }) => texts === undefined).length;
  if (without === 0) return undefined;
  const which = without === rows.length ? 'These rankings carry' : `${counted(without, 'ranking')} carry`;
  return html`<p class="nothing">${which} no texts. Evaluate the rows themselves, or rankings made with <code>score --keep</code>, to read prompts and answers here.</p>`;
}

function details(row: Disagreement, most: number): Markup {
  const nats = natsOf(row);
  const size = Math.abs(nats);
  const [shown, way] = [size < 0.05 ? significantText(size, 1) : size.toFixed(1), nats > ROUNDING ? 'less' : 'more'];
  const likely = size > ROUNDING ? `${shown} nats ${way} likely than by chance` : 'as likely as by chance';
  return html`<details><summary>${nameOf(row)}: ${likely}${choice(row)}${pairs(row)}${snippet(row)}</summary>
${row.ranking && answerTable(row.ranking, row.positions)}
${row.texts && textsMarkup(row, row.texts, most)}
</details>`;
}

/** The beginning of the turn that the answers reply to, by which a reader recognizes the row. */
function snippet({ texts }: Disagreement): Content {
  const asked = texts?.conversation.at(-1);
  if (asked === undefined) return undefined;
  const said = beginning(asked.text.trim(), 2 * SNIPPET).replaceAll(/\s+/g, ' ');
  const shown = beginning(said, SNIPPET);
  return html`<br><bdi class="snippet">${shown}${shown === said ? undefined : '…'}</bdi>`;
}

function nameOf({ index, file, id }: WorstRow): Markup {
  const itsId = id === undefined ? undefined : html`, ${named(id)}`;
  const inFile = file === undefined ? undefined : html` of ${named(file)}`;
  return html`Row ${index}${itsId}${inFile}`;
}

function choice({ ranking }: Disagreement): Content {
  if (ranking?.labels === undefined) return undefined;
  const label = ranking.labels[ranking.order[0]];
  return typeof label === 'number'
    ? `; the reward's best has label rank ${significantText(label, 4)} of ${ranking.scores.length}`
    : undefined;
}

/** Shows how much is wrong even where the reward's best answer is right. */
function pairs({ comparisons, misordered }: Disagreement): string {
  return `; ${misordered} of ${counted(comparisons, 'pair')} misordered`;
}

function answerTable(
  { scores, ranks, labels, label_scores, lengths, models }: Ranking,
  positions: readonly number[],
): Markup {
  const rows = positions.map((position) => [
    `${position}`,
    known(labels?.[position]),
    `${ranks[position]}`,
    numberWords(scores[position], 'number'),
    ...(label_scores ? [known(label_scores[position])] : []),
    countText(lengths[position]),
    ...(models ? [named(models[position] ?? '')] : []),
  ]);
  const columns = [
    'answer',
    'label rank',
    'reward rank',
    'reward',
    ...(label_scores ? ['label score'] : []),
    'length',
    ...(models ? ['model'] : []),
  ];
  const more = scores.length - positions.length;
  return html`${dataTable({ label: 'Answers of the row, by their positions from 0', columns, rows })}${more > 0 ? html`<p>${positions.length} of ${counted(scores.length, 'answer')} are shown: the best by label and the best by reward.</p>` : undefined}`;
}

function known(label: number | null | undefined): Content {
  return label === null || label === undefined ? NOTHING : significantText(label, 4);
}

function textsMarkup({ ranking, positions }: Disagreement, texts: RowTexts, most: number): Markup {
  const folded = positions.map(
    (
      position,
    ) => html`<details><summary>Answer ${position}${standing(ranking, position)}</summary>${textMarkup(texts.answers[position], most)}</details>
`,
  );
  return html`<h3>Prompt</h3>${textMarkup(promptText(texts), most)}<h3>Answers</h3>${folded}`;
}

function standing(ranking: Ranking | undefined, position: number): Content {
  const label = ranking?.labels?.[position];
  return (
    ranking &&
    `: ${typeof label === 'number' ? `${significantText(label, 4)} by label, ` : ''}${ranking.ranks[position]} by reward`
  );
}

function textMarkup(text: string, most: number): Markup {
  const shown = beginning(text, most);
  const left = leftAfter(shown, text);
  const rest = left > 0 ? html`<p class="nothing">… ${counted(left, 'further character')}</p>` : undefined;
  return html`<div class="text" dir="auto">${shown}</div>${rest}`;
}
