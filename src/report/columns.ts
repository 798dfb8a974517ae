export const WIDTH = 80;

/** Lines of text in columns: the first aligned left, the others right. Each row has as many cells as `gaps` has numbers, the spaces before each column. */
export function columns(rows: readonly (readonly string[])[], gaps: readonly number[]): string[] {
  const widths = gaps.map((_, c) => Math.max(...rows.map((row) => row[c].length)));
  return rows.map((row) =>
    row
      .map((cell, c) => ' '.repeat(gaps[c]) + padded(cell, widths[c], c))
      .join('')
      .trimEnd(),
  );
}

function padded(cell: string, width: number, column: number): string {
  return column === 0 ? cell.padEnd(width) : cell.padStart(width);
}

/** A paragraph broken between words into lines of at most `WIDTH` characters. */
export function wrapped(paragraph: string): string[] {
  return wrappedTo(paragraph, WIDTH);
}

/** The same for lines of at most `width` characters. */
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
