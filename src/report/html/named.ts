import { html, type Markup } from './markup.js';
import { beginning } from './texts.js';

/** Longest name that is shown whole, in code points: names come from the rows and can be any text. */
const LONGEST = 80;
const MOST_NAMES = 5;

/** A name from the rows, cut if too long, and isolated from the direction of the text around it. */
export function named(name: string | number): Markup {
  return html`<bdi>${shortened(name)}</bdi>`;
}

/** `a, b and 3 more`, as text. */
export function listed(names: readonly string[]): string {
  const shown = names.slice(0, MOST_NAMES).map(shortened).join(', ');
  return names.length > MOST_NAMES ? `${shown} and ${names.length - MOST_NAMES} more` : shown;
}

function shortened(name: string | number): string {
  const shown = beginning(`${name}`, LONGEST);
  return shown === `${name}` ? shown : `${shown}…`;
}
