import type { Drawing, DrawPlot, Spec } from '../plots/render.js';
import { type Content, html, type Markup, verbatim, visible } from './markup.js';

/** A line of a legend. The marks are classes of the style sheet, each with a colour and a shape. */
export interface Key {
  mark: 'reward' | 'longer' | 'label' | 'random' | 'better' | 'worse' | 'dashed' | 'bar' | 'line';
  text: string;
}

export interface Figure {
  /** Unique on the page. */
  id: string;
  title: string;
  /** The main numbers of the plot in words: the text above it, and its text alternative. */
  says: Content;
  keys: readonly Key[];
  spec: Spec;
  /** The rest of a plot that is too long to show at once. */
  folded?: Folded;
  /** How to read it. */
  how: Content;
  /** Its data. */
  table: Content;
}

export interface Folded {
  /** What it shows: the summary to click on and, with the figure's text, its text alternative. */
  title: string;
  spec: Spec;
}

/** A plot with its title, its main numbers in words, how to read it, and its data as a table. */
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

/** A card in place of a plot that would be empty. */
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

/** @param names ids of the elements that name and describe the plot */
function svg({ width, height, inside }: Drawing, names: string): Markup {
  return html`<svg viewBox="0 0 ${width} ${height}" role="img" aria-labelledby="${names}">${verbatim(visible(inside))}</svg>`;
}
