export const WIDTH = 80;

/** Lines of text in columns, the first aligned left, the others right. @param gaps spaces before each column */
export function columns(rows: readonly (readonly string[])[], gaps: readonly number[]): string[] {
  const widths = gaps.map((_, c) => Math.max(...rows.map((row) => columnsOf(row[c]))));
  return rows.map((row) =>
    row
      .map((cell, c) => ' '.repeat(gaps[c]) + padded(cell, widths[c], c))
      .join('')
      .trimEnd(),
  );
}

function padded(cell: string, width: number, column: number): string {
  const space = ' '.repeat(width - columnsOf(cell));
  return column === 0 ? cell + space : space + cell;
}

/** Lines of text in columns two spaces apart, or one space where two would not fit. */
export function fitted(rows: readonly (readonly string[])[]): string[] {
  const gaps = (gap: number) => rows[0].map((_, column) => (column === 0 ? 0 : gap));
  const lines = columns(rows, gaps(2));
  return lines.every((line) => line.length <= WIDTH) ? lines : columns(rows, gaps(1));
}

/** Foreign text on one line, cut to `width` columns. Control characters, which could move the cursor of a terminal, become `?`. */
export function shortened(text: string, width: number): string {
  const harmless = text.replaceAll(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu, '?');
  if (columnsOf(harmless) <= width) return harmless;
  let start = '';
  for (const character of harmless) {
    if (columnsOf(start + character) > width - 1) break;
    start += character;
  }
  return `${start}…`;
}

const WIDE =
  /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Hangul}\p{Emoji_Presentation}\uff01-\uff60\u3000-\u303f]/u;
const MARK = /\p{Mark}/u;

/** Columns that a text takes on a terminal. */
function columnsOf(text: string): number {
  let columns = 0;
  for (const character of text) if (!MARK.test(character)) columns += WIDE.test(character) ? 2 : 1;
  return columns;
}

/** A paragraph broken between words into lines of at most `WIDTH` characters. */
export function wrapped(paragraph: string): string[] {
  return wrappedTo(paragraph, WIDTH);
}

/** A paragraph broken between words into lines of at most `width` characters. */
export function wrappedTo(paragraph: string, width: number): string[] {
  const lines: string[] = [];
  let line = '';
  for (const word of paragraph.split(' ')) {
    if (line !== '' && line.length + 1 + word.length > width) {
      lines.push(line);
      line = word;
    } else line = line === '' ? word : `${line} ${word}`;
  }
  return [...lines, line];
}
