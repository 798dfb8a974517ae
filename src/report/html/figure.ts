import type { Drawing, DrawPlot, Spec } from '../plots/render.js';
import { type Content, html, type Markup, verbatim, visible } from './markup.js';

/** What a mark in a plot stands for. The names are classes of the style sheet, where each has a colour and a shape. */
export interface Key {
  mark: 'reward' | 'longer' | 'label' | 'random' | 'better' | 'worse' | 'dashed' | 'bar' | 'line';
  text: string;
}

export interface Figure {
  /** Unique on the page. */
  id: string;
  title: string;
  /** What the plot shows with its main numbers: stands above it, and is its text alternative. */
  says: Content;
  keys: readonly Key[];
  spec: Spec;
  /** More of the same plot, which would be too long to see at once. */
  folded?: Folded;
  /** How to read it. */
  how: Content;
  /** Its data. */
  table: Content;
}

export interface Folded {
  /** What is in it; its summary, and with the figure's own text its alternative. */
  title: string;
  spec: Spec;
}

/** A plot with its title, what it says, how to read it, and its data as a table. */
export async function figure(
  { id, title, says, keys, spec, folded, how, table }: Figure,
  draw: DrawPlot,
): Promise<Markup> {
  return html`<figure class="card" id="${id}"><div class="plot">
<h3 id="${id}-title">${title}</h3>
<p id="${id}-says">${says}</p>
${legend(keys)}
${svg(await draw(spec), `${id}-title ${id}-says`)}
${folded && (await foldedPlot(folded, id, draw))}
<p class="how">${how}</p></div>
<details><summary>${title}: table</summary>
${table}
</details>
</figure>`;
}

/** Instead of a plot that would be empty. */
export function noFigure(title: string, why: Content): Markup {
  return html`<div class="card"><h3>${title}</h3><p class="nothing">Nothing to draw: ${why}.</p></div>`;
}

function legend(keys: readonly Key[]): Content {
  if (keys.length === 0) return undefined;
  return html`<ul class="legend">${keys.map(({ mark, text }) => html`<li class="${mark}">${text}</li>`)}</ul>`;
}

async function foldedPlot({ title, spec }: Folded, id: string, draw: DrawPlot): Promise<Markup> {
  const more = `${id}-more`;
  return html`<details><summary id="${more}">${title}</summary>
${svg(await draw(spec), `${id}-title ${more}`)}
</details>`;
}

/** @param names ids of what says what it shows */
function svg({ width, height, inside }: Drawing, names: string): Markup {
  return html`<svg viewBox="0 0 ${width} ${height}" role="img" aria-labelledby="${names}">${verbatim(visible(inside))}</svg>`;
}
