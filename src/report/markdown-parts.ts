/** Names of models and files in a code span, where nothing of them is markup. A line break would end the span. */
export function codeSpan(text: string): string {
  return `\`${text.replaceAll(/[\p{Control}`]/gu, '?')}\``;
}

/** The lines of a table: the first column to the left, the others to the right. */
export function markdownTable(header: readonly string[], rows: readonly (readonly string[])[]): string[] {
  const line = (cells: readonly string[]) => `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`;
  return [line(header), `|${header.map((_, column) => (column === 0 ? '---|' : '--:|')).join('')}`, ...rows.map(line)];
}
