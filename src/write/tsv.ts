import type { Ranking } from '../contracts/ranking.js';
import type { TextFormat } from './text-format.js';

type Cell = string | number | boolean | null | undefined;

/** One line an answer. All columns are always present; an unknown value is empty. */
const COLUMNS: readonly (readonly [name: string, cell: (ranking: Ranking, answer: number) => Cell])[] = [
  ['index', ({ index }) => index],
  ['file', ({ file }) => file],
  ['id', ({ id }) => id],
  ['prompt_id', ({ prompt_id }) => prompt_id],
  ['answer', (_, answer) => answer],
  ['model', ({ models }, answer) => models?.[answer]],
  ['score', ({ scores }, answer) => scores[answer]],
  ['rank', ({ ranks }, answer) => ranks[answer]],
  ['label', ({ labels }, answer) => labels?.[answer]],
  ['label_score', ({ label_scores }, answer) => label_scores?.[answer]],
  ['length', ({ lengths }, answer) => lengths[answer]],
  ['truncated', ({ truncated = [] }, answer) => truncated.includes(answer)],
];

/** Escapes for the characters that would end a cell or a line, and for the backslash itself. Nothing is quoted. */
const ESCAPES: Readonly<Record<string, string>> = { '\t': '\\t', '\n': '\\n', '\r': '\\r', '\\': '\\\\' };
const ESCAPED = /[\t\n\r\\]/g;

const [INDEX, SCORE, TRUNCATED] = ['index', 'score', 'truncated'].map((name) =>
  COLUMNS.findIndex(([one]) => one === name),
);

/** Tab-separated values: a header line, then one line an answer, in answer order. */
export const TSV: TextFormat = {
  header: line(COLUMNS.map(([name]) => name)),
  text: (ranking) => ranking.scores.map((_, answer) => line(COLUMNS.map(([, cell]) => cell(ranking, answer)))).join(''),
  index: /^(\d+)\t/,
  saved(text) {
    const answers = text
      .replace(/\n$/, '')
      .split('\n')
      .map((one) => one.split('\t'));
    return {
      index: Number(answers[0][INDEX]),
      scores: answers.map((cells) => Number(cells[SCORE])),
      truncated: answers.flatMap((cells, answer) => (cells[TRUNCATED] === 'true' ? [answer] : [])),
    };
  },
  holdsErrors: false,
};

function line(cells: readonly Cell[]): string {
  return `${cells.map(cellText).join('\t')}\n`;
}

function cellText(cell: Cell): string {
  if (typeof cell !== 'string') return `${cell ?? ''}`;
  return cell.replaceAll(ESCAPED, (character) => ESCAPES[character]);
}
