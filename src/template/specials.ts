import { literalPattern } from '../contracts/literal-pattern.js';
import type { Piece } from '../contracts/text.js';

/** Finds special tokens in the rendering of a template. */
export class Specials {
  readonly #token: RegExp;

  constructor(spellings: readonly string[]) {
    const longestFirst = [...spellings].sort((a, b) => b.length - a.length);
    // Without spellings, a pattern that never matches.
    const any = longestFirst.map(literalPattern).join('|') || '(?!)';
    this.#token = new RegExp(`(${any})`, 'u');
  }

  /** The tokens and the text between them. No text is empty. */
  pieces(text: string): Piece[] {
    const pieces = text.split(this.#token).map((part, i): Piece => (i % 2 === 1 ? { special: part } : { text: part }));
    return pieces.filter((piece) => 'special' in piece || piece.text !== '');
  }
}
