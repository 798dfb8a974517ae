import type { RowTexts } from '../../contracts/row.js';
import { html } from './markup.js';

/** The conversation before the answers: one turn as it is, several turns one below the other with their roles. */
export function promptText({ conversation }: RowTexts): string {
  if (conversation.length === 1) return conversation[0].text.trim();
  return conversation.map(({ role, text }) => `${role}: ${text.trim()}`).join('\n\n');
}

/** Lengths, in code points, that texts are cut to: the largest with which all texts fit. */
const CUTS = [3000, 2000, 1000, 500, 250, 100];

/** The code points to cut each text to, so that together they take at most `bytes` of a page. */
export function cutFor(texts: readonly string[], bytes: number): number {
  const bytesOf = (text: string, most: number) => Buffer.byteLength(`${html`${beginning(text, most)}`}`);
  const fits = (most: number) => texts.reduce((sum, text) => sum + bytesOf(text, most), 0) <= bytes;
  return CUTS.find(fits) ?? 0;
}

/** The first `most` code points of a text, without reading the rest. */
export function beginning(text: string, most: number): string {
  if (text.length <= most) return text;
  const atMostTwoUnitsEach = text.slice(0, 2 * most);
  return [...atMostTwoUnitsEach].slice(0, most).join('');
}

/** Counts the code points of a text after its beginning. */
export function leftAfter(shown: string, text: string): number {
  let left = 0;
  for (const _ of text.slice(shown.length)) left++;
  return left;
}
