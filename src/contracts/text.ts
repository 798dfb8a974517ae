import type { Turn } from './row.js';

/** A piece of the text a model reads: words that somebody wrote, or a special token that the template sets. */
export type Piece = { text: string } | { special: string };

/** How a conversation and an answer become the text a reward model was trained on. */
export interface Template {
  readonly name: string;
  /** Whether prompt and answer are two texts: each is encoded alone, and the longer one is cut first, at its end. */
  readonly isPair?: boolean;
  /** Everything before the answer's own words. */
  prompt(conversation: readonly Turn[]): Piece[];
  /** The answer's words and what closes its turn; `conversation` is the prompt's. */
  answer(text: string, conversation: readonly Turn[]): Piece[];
}

/** The token ids of one answer's whole text, prompt included, as the model gets them. */
export interface EncodedAnswer {
  ids: Int32Array;
  /** How many ids were cut away to fit the maximum length. */
  cut: number;
}
