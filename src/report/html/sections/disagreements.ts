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

/** What all texts together may take of the page. */
const TEXT_BYTES = 600_000;
/** Answers of a row that are shown: the best by label and the best by reward if there are more. */
const MOST_ANSWERS = 16;
/** Code points. */
const SNIPPET = 90;

interface Disagreement extends WorstRow {
  ranking?: Ranking;
  texts?: RowTexts;
  /** Positions of the answers that are shown, the best by label first. */
  positions: number[];
}

/** Nats. Equal rewards are as good as a guess, whatever the last bits say. */
const ROUNDING = 1e-9;

/** The rows whose labels the rewards find least likely, with their texts folded: those that a random guess finds likelier. */
export function disagreementsSection({ evaluation, worst }: Report): Section {
  const rows = evaluation.worst_rows
    .map((row, i) => disagreementOf(row, worst[i]))
    .filter(({ nll, random_nll }) => nll - random_nll > ROUNDING);
  return { id: 'disagreements', title: 'Worst disagreements', body: rows.length === 0 ? none() : list(rows) };
}

function none(): Markup {
  return html`<p class="nothing">There are none: by the Plackett-Luce model of the rewards the labels of no row are less likely than by chance.</p>`;
}

function list(rows: readonly Disagreement[]): Markup {
  const most = cutFor(rows.flatMap(shownTexts), TEXT_BYTES);
  return html`
<p>The rows whose labels the rewards find least likely, by the negative log-likelihood of the Plackett-Luce model against that of a random guess. Either the reward is wrong here, or the labels are: these are the rows to read first.</p>
${missing(rows)}
<ol class="worst">${rows.map(
    (row) => html`<li>${details(row, most)}</li>
`,
  )}</ol>`;
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
  const nats = row.nll - row.random_nll;
  const likely = `${nats < 0.05 ? significantText(nats, 1) : nats.toFixed(1)} nats less likely than by chance`;
  return html`<details><summary>${nameOf(row)}: ${likely}${choice(row)}${pairs(row)}${snippet(row)}</summary>
${row.ranking && answerTable(row.ranking, row.positions)}
${row.texts && textsMarkup(row, row.texts, most)}
</details>`;
}

/** The beginning of what the answers reply to, to know the row by. */
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

/** What is wrong where the reward's best is right. */
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
  return html`${dataTable({ label: 'Answers of the row, by their positions from 0', columns, rows })}${more > 0 ? html`<p>${counted(more, 'answer')} in the middle not shown.</p>` : undefined}`;
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
