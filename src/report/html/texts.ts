import { answerTexts, promptText } from '../../kept-texts.js';
import type { Ranking } from '../../types.js';
import { html } from './markup.js';

/** The texts of a row that a ranking carries along, as `score --keep` writes them. */
export interface Texts {
  prompt: string;
  /** In answer order. */
  answers: string[];
}

/** The prompt and the answers, if the ranking carries them all. */
export function textsOf(ranking: Ranking): Texts | undefined {
  const prompt = promptText(ranking);
  const answers = answerTexts(ranking);
  return prompt === undefined || answers === undefined ? undefined : { prompt, answers };
}

/** Code points of a text that are shown: the largest number of these with which all texts fit. */
const CUTS = [3000, 2000, 1000, 500, 250, 100];

/** To how many code points each text must be cut so that they take no more than `bytes` of a page together. */
export function cutFor(texts: readonly string[], bytes: number): number {
  const fits = (most: number) =>
    texts.reduce((sum, text) => sum + Buffer.byteLength(`${html`${cut(text, most).shown}`}`), 0) <= bytes;
  return CUTS.find(fits) ?? 0;
}

/** The beginning of a text, and how many code points it leaves out. */
export function cut(text: string, most: number): { shown: string; left: number } {
  if (text.length <= most) return { shown: text, left: 0 };
  const characters = [...text];
  return { shown: characters.slice(0, most).join(''), left: Math.max(0, characters.length - most) };
}
