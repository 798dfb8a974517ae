/** A quote that is not closed before its cell ends. */
export class MisplacedQuote extends Error {
  /** Number of the cell, from 1. */
  readonly cell: number;

  constructor(cell: number) {
    super('the text goes on after the closing quote of a cell');
    this.name = 'MisplacedQuote';
    this.cell = cell;
  }
}

/**
 * The cells of a record (RFC 4180): a cell in quotes may hold separators, line ends and doubled quotes. An empty cell is null, and an
 * empty text is a cell of two quotes. A quote inside a plain cell is a character as any other.
 * @throws MisplacedQuote
 */
export function splitCells(record: string, separator: string): (string | null)[] {
  const cells: (string | null)[] = [];
  for (let at = 0; at <= record.length; ) {
    const end = record[at] === '"' ? endOfQuoted(record, at) : plainEnd(record, at, separator);
    if (end < record.length && record[end] !== separator) throw new MisplacedQuote(cells.length + 1);
    const cell = record.slice(at, end);
    cells.push(cell.startsWith('"') ? cell.slice(1, -1).replaceAll('""', '"') : cell || null);
    at = end + 1;
  }
  return cells;
}

/** The position after the closing quote. The record is known to close each quote. */
function endOfQuoted(record: string, start: number): number {
  let quote = record.indexOf('"', start + 1);
  while (quote !== -1 && record[quote + 1] === '"') quote = record.indexOf('"', quote + 2);
  return quote === -1 ? record.length : quote + 1;
}

function plainEnd(record: string, start: number, separator: string): number {
  const end = record.indexOf(separator, start);
  return end === -1 ? record.length : end;
}
