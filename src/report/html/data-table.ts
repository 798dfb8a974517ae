import { type Content, html, type Markup } from './markup.js';

export interface Table {
  /** Accessible name: what the table shows. */
  label: string;
  columns: readonly Content[];
  /** The first cell of each names it. */
  rows: readonly (readonly Content[])[];
}

/** A table that scrolls on its own where it is too wide, also by keyboard. */
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
