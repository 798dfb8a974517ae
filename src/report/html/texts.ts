import type { RowTexts } from '../../contracts/row.js';
import { html } from './markup.js';

/** What was said before the answers: one turn as it is, several under each other with their roles. */
export function promptText({ conversation }: RowTexts): string {
  if (conversation.length === 1) return conversation[0].text.trim();
  return conversation.map(({ role, text }) => `${role}: ${text.trim()}`).join('\n\n');
}

/** Code points of a text that are shown: the largest number of these with which all texts fit. */
const CUTS = [3000, 2000, 1000, 500, 250, 100];

/** To how many code points each text must be cut so that they take no more than `bytes` of a page together. */
export function cutFor(texts: readonly string[], bytes: number): number {
  const bytesOf = (text: string, most: number) => Buffer.byteLength(`${html`${beginning(text, most)}`}`);
  const fits = (most: number) => texts.reduce((sum, text) => sum + bytesOf(text, most), 0) <= bytes;
  return CUTS.find(fits) ?? 0;
}

/** The first code points of a text. Of a very long one no more than these is touched. */
export function beginning(text: string, most: number): string {
  if (text.length <= most) return text;
  const atMostTwoUnitsEach = text.slice(0, 2 * most);
  return [...atMostTwoUnitsEach].slice(0, most).join('');
}

/** How many code points of a text come after its beginning. */
export function leftAfter(shown: string, text: string): number {
  let left = 0;
  for (const _ of text.slice(shown.length)) left++;
  return left;
}
