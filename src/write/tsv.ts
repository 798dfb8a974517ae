import { answerLines } from './answer-lines.js';

/** Escapes for the characters that would end a cell or a line, and for the backslash itself. Nothing is quoted. */
const ESCAPES: Readonly<Record<string, string>> = { '\t': '\\t', '\n': '\\n', '\r': '\\r', '\\': '\\\\' };

/** Tab-separated values. */
export const TSV = answerLines({
  separator: '\t',
  cellText: (cell) => `${cell ?? ''}`.replaceAll(/[\t\n\r\\]/g, (character) => ESCAPES[character]),
  cells: (line) => line.split('\t'),
});
