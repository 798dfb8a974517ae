import type { Estimate } from '../../contracts/agreement.js';
import { type Content, html, type Markup } from './markup.js';
import { differenceWords, intervalWords, numberWords, type Unit } from './words.js';

/** Formats the estimates of a table, and lists below it why some are undefined: each reason once, by a letter. */
export class Reasons {
  readonly #letters = new Map<string, string>();

  cell(estimate: Estimate | undefined, unit: Unit): Markup {
    return this.#cell(estimate, unit, numberWords);
  }

  difference(estimate: Estimate | undefined, unit: Unit): Markup {
    return this.#cell(estimate, unit, differenceWords);
  }

  get list(): Content {
    const items = [...this.#letters].map(([reason, letter]) => html`<li><b>${letter}</b> ${reason}</li>`);
    return items.length === 0 ? undefined : html`<ul class="reasons">${items}</ul>`;
  }

  #cell(estimate: Estimate | undefined, unit: Unit, words: typeof numberWords): Markup {
    if (estimate === undefined) return NOTHING;
    const { value, low, high, reason } = estimate;
    if (value === null) return html`${NOTHING}${this.#mark(reason)}`;
    const interval =
      low === null || high === null ? this.#mark(reason) : html`<small>${intervalWords(low, high, unit)}</small>`;
    return html`${words(value, unit)}${interval}`;
  }

  #mark(reason: string | undefined): Content {
    if (reason === undefined) return undefined;
    const letter = this.#letters.get(reason) ?? letterOf(this.#letters.size);
    this.#letters.set(reason, letter);
    return html`<sup>${letter}</sup>`;
  }
}

/** A dash to see, and a word for screen readers, most of which skip the dash. */
export const NOTHING = html`<span aria-hidden="true">–</span><span class="unseen">undefined</span>`;

/** a to z, then aa to zz. */
function letterOf(position: number): string {
  const letter = String.fromCharCode(0x61 + (position % 26));
  return letter.repeat(1 + Math.floor(position / 26));
}
