import { answerLines } from './answer-lines.js';

/** Escapes for the characters that would end a cell or a line, and for the backslash itself. Nothing is quoted. */
const ESCAPES: Readonly<Record<string, string>> = { '\t': '\\t', '\n': '\\n', '\r': '\\r', '\\': '\\\\' };
const ESCAPED = /[\t\n\r\\]/g;

/** Tab-separated values. */
export const TSV = answerLines({
  separator: '\t',
  cellText: (cell) =>
    typeof cell === 'string' ? cell.replaceAll(ESCAPED, (character) => ESCAPES[character]) : `${cell ?? ''}`,
  cells: (line) => line.split('\t'),
});
