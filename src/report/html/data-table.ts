import { type Content, html, type Markup } from './markup.js';

export interface Table {
  /** What is in it, for those who do not see what stands around it. */
  label: string;
  columns: readonly Content[];
  /** The first cell of each names it. */
  rows: readonly (readonly Content[])[];
}

/** A table that scrolls by itself where it is too wide, by keyboard too. */
export function dataTable({ label, columns, rows }: Table): Markup {
  const head = columns.map((column) => html`<th scope="col">${column}</th>`);
  const body = rows.map(
    ([name, ...cells]) => html`<tr><th scope="row">${name}</th>${cells.map((cell) => html`<td>${cell}</td>`)}</tr>
`,
  );
  return html`<div class="scroll" role="group" tabindex="0" aria-label="${label}"><table>
<thead><tr>${head}</tr></thead>
<tbody>${body}</tbody>
</table></div>`;
}
