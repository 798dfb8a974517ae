import type { Ranking } from '../contracts/ranking.js';
import type { TextFormat } from './text-format.js';

export type Cell = string | number | boolean | null | undefined;

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
  ['win_probability', ({ win_probability }, answer) => win_probability?.[answer]],
];

const [INDEX, SCORE, TRUNCATED] = ['index', 'score', 'truncated'].map((name) =>
  COLUMNS.findIndex(([one]) => one === name),
);

/** How cells become a line, and how a line is taken apart again. */
export interface LineStyle {
  separator: string;
  /** @throws RowError E_FIELD for a text that this format cannot hold; `column` and `ranking` are its place */
  cellText(cell: Cell, column: string, ranking?: Ranking): string;
  /** The cells of a line, without its newline. */
  cells(line: string): string[];
}

/** A table in text: a header line, then one line an answer, in answer order. */
export function answerLines({ separator, cellText, cells }: LineStyle): TextFormat {
  const line = (ranking: Ranking | undefined, values: readonly Cell[]) =>
    `${values.map((cell, c) => cellText(cell, COLUMNS[c][0], ranking)).join(separator)}\n`;
  const names = COLUMNS.map(([name]) => name);
  return {
    header: line(undefined, names),
    text: (ranking) =>
      ranking.scores
        .map((_, answer) =>
          line(
            ranking,
            COLUMNS.map(([, cell]) => cell(ranking, answer)),
          ),
        )
        .join(''),
    index: new RegExp(`^(\\d+)${separator}`),
    saved(text) {
      const answers = text.replace(/\n$/, '').split('\n').map(cells);
      return {
        index: Number(answers[0][INDEX]),
        scores: answers.map((one) => Number(one[SCORE])),
        truncated: answers.flatMap((one, answer) => (one[TRUNCATED] === 'true' ? [answer] : [])),
      };
    },
    holdsErrors: false,
  };
}
