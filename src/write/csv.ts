import { RowError } from '../contracts/errors.js';
import { answerLines } from './answer-lines.js';

/** A cell with its quotes, or without, and what ends it. */
const CELL = /("(?:[^"]|"")*"|[^,]*)(?:,|$)/y;

/**
 * Comma-separated values as of RFC 4180. An empty text is quoted, an unknown value is not. No cell may hold a line end: `--resume` reads
 * what was written line by line.
 */
export const CSV = answerLines({
  separator: ',',
  cellText(cell, column, ranking) {
    if (cell === null || cell === undefined) return '';
    const text = String(cell);
    if (/[\n\r]/.test(text)) {
      const message = 'found a line end, which CSV has no place for here; write JSON lines, TSV or Parquet';
      const { index, file } = ranking ?? {};
      throw new RowError('E_FIELD', message, { ...(file !== undefined && { file }), row: index, field: column });
    }
    return text === '' || /[",]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
  },
  cells(line) {
    const cells: string[] = [];
    for (CELL.lastIndex = 0; CELL.lastIndex <= line.length; ) {
      const [whole, cell] = CELL.exec(line) ?? [''];
      if (cell === undefined) break;
      cells.push(cell.startsWith('"') ? cell.slice(1, -1).replaceAll('""', '"') : cell);
      if (!whole.endsWith(',')) break;
    }
    return cells;
  },
});
