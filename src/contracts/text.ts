import type { Turn } from './row.js';

/** A piece of the text that a model reads: text from the input, or a special token from the template. */
export type Piece = { text: string } | { special: string };

/** Converts a conversation and an answer to the text format that the reward model was trained on. */
export interface Template {
  readonly name: string;
  /** Whether prompt and answer are two texts. Each is then encoded separately, and truncation shortens the longer one first, at its end. */
  readonly isPair?: boolean;
  /** Everything before the text of the answer. */
  prompt(conversation: readonly Turn[]): Piece[];
  /** The text of the answer and the end of its turn; `conversation` is the prompt's. */
  answer(text: string, conversation: readonly Turn[]): Piece[];
}

/** The token ids of one answer's whole text, prompt included, as the model gets them. */
export interface EncodedAnswer {
  ids: Int32Array;
  /** Number of ids that were cut to fit the maximum length. */
  cut: number;
}
