import type { ScoredBy } from '../contracts/agreement.js';
import type { ExportSummary, ModelUse, PairSummary, Spread } from '../contracts/export-summary.js';
import { codeSpan, markdownTable } from './markdown-parts.js';
import { countText, percentNumber, significantText } from './numbers.js';
import { scoredByTexts } from './scored-by.js';

/** What a card says of training data. */
export interface DataCard {
  /** The format, as `--to` names it. */
  to: string;
  /** Names of the rankings, without their folders. */
  inputs: readonly string[];
  /** Name and version of this tool. */
  program: string;
  /** ISO 8601, UTC. */
  date: string;
  /** What answers are ranked by. */
  rankBy: string;
  /** The flags that chose, as typed. */
  flags: readonly string[];
  scoredBy: readonly ScoredBy[];
  notes: readonly string[];
  summary: ExportSummary;
}

const DIGITS = 4;
const DAY_CHARACTERS = 10;
const SPREAD = ['count', 'mean', 'least', 'lower quartile', 'median', 'upper quartile', 'most'];

/** A data card in GitHub's Markdown. */
export function dataCard(card: DataCard): string {
  const { to, inputs, program, date, flags, scoredBy, notes, summary } = card;
  const { rankings, used, examples, left_out_texts } = summary;
  const lines = [
    `# Training data: ${to}`,
    '',
    `Made by ${program} on ${date.slice(0, DAY_CHARACTERS)} from ${inputs.map(codeSpan).join(', ')}.`,
    ...(flags.length > 0 ? ['', `Chosen with ${flags.map(codeSpan).join(' ')}.`] : []),
    '',
    ...markdownTable(
      ['', 'count'],
      [
        ['rankings', countText(rankings)],
        ['of these, used', countText(used)],
        ['examples', countText(examples)],
      ],
    ),
    '',
    '## Left out',
    '',
    ...(left_out_texts.length > 0 ? left_out_texts.map((text) => `- ${text}`) : ['Nothing.']),
    '',
    ...(summary.pairs ? pairLines(summary.pairs, card) : answerLines(summary)),
    ...modelLines(summary),
    '## What scored the answers',
    '',
    ...scoredByTexts(scoredBy).map((text) => `- ${codeSpan(text)}`),
    ...notes.map((note) => `- ${codeSpan(note)}`),
    '',
  ];
  return lines.join('\n');
}

function pairLines(pairs: PairSummary, { rankBy }: DataCard): string[] {
  const { margin, chosen_length, rejected_length } = pairs;
  const rows = [
    spreadRow(`margin, by ${rankBy}`, margin),
    spreadRow('length of the chosen answer', chosen_length),
    spreadRow('length of the rejected answer', rejected_length),
  ];
  return [
    '## Pairs',
    '',
    ...markdownTable(['', ...SPREAD], rows),
    '',
    'Lengths are in code points.',
    '',
    ...lengthLines(pairs),
  ];
}

function lengthLines({ count, longer, shorter, equal }: PairSummary): string[] {
  if (count === 0) return [];
  const share = `${percentNumber(longer / count)} %`;
  const sentence = `The longer answer is chosen in ${countText(longer)} of ${countText(count)} pairs (${share}), the shorter one in ${countText(shorter)}; ${countText(equal)} are equally long.`;
  const warning =
    '> **Warning:** the longer answer is chosen in most pairs, so a model can learn length in place of quality. `--balance length` and `--max-length-ratio` leave such pairs out.';
  return [sentence, '', ...(2 * longer > count ? [warning, ''] : [])];
}

function answerLines({ answer_length }: ExportSummary): string[] {
  return ['## Answers', '', ...markdownTable(['', ...SPREAD], [spreadRow('length in code points', answer_length)]), ''];
}

function spreadRow(name: string, { count, mean, least, lower, median, upper, most }: Spread): string[] {
  const numbers = [mean, least, lower, median, upper, most];
  const texts = numbers.map((number) => (number === null ? '-' : significantText(number, DIGITS)));
  return [name, countText(count), ...texts];
}

function modelLines({ models, models_left_out, pairs }: ExportSummary): string[] {
  if (models.length === 0) return [];
  const rowOf = ({ model, answers, chosen, rejected }: ModelUse) => [
    codeSpan(model),
    countText(answers),
    ...(pairs ? [countText(chosen), countText(rejected)] : []),
  ];
  return [
    '## Models',
    '',
    ...markdownTable(['model', 'answers', ...(pairs ? ['chosen', 'rejected'] : [])], models.map(rowOf)),
    '',
    ...(models_left_out > 0 ? [`${countText(models_left_out)} more models are left out.`, ''] : []),
  ];
}
