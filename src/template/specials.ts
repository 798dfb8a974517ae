import { literalPattern } from '../contracts/literal-pattern.js';
import type { Piece } from '../contracts/text.js';

/** Special tokens in what a template has written. */
export class Specials {
  readonly #token: RegExp;

  constructor(spellings: readonly string[]) {
    const longestFirst = [...spellings].sort((a, b) => b.length - a.length);
    // Without any, what can stand nowhere.
    const any = longestFirst.map(literalPattern).join('|') || '(?!)';
    this.#token = new RegExp(`(${any})`, 'u');
  }

  /** The tokens and the words between them, none of these empty. */
  pieces(text: string): Piece[] {
    const pieces = text.split(this.#token).map((part, i): Piece => (i % 2 === 1 ? { special: part } : { text: part }));
    return pieces.filter((piece) => 'special' in piece || piece.text !== '');
  }
}
