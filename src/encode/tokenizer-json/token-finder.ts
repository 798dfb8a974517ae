import { literalPattern } from '../../contracts/literal-pattern.js';
import type { AddedToken } from './added-token.js';
import { withoutLeadingSpace, withoutTrailingSpace } from './white-space.js';

/** Finds added tokens in a text like HF tokenizers: from the left, the longest match first. */
export class TokenFinder {
  readonly #tokens: ReadonlyMap<string, AddedToken>;
  readonly #pattern: RegExp | undefined;

  /** @param spelling returns the spelling of a token in the texts */
  constructor(tokens: readonly AddedToken[], spelling: (token: AddedToken) => string) {
    this.#tokens = new Map(tokens.map((token) => [spelling(token), token]));
    const longestFirst = [...this.#tokens.keys()].sort((a, b) => b.length - a.length);
    if (longestFirst.length > 0) this.#pattern = new RegExp(`(${longestFirst.map(literalPattern).join('|')})`, 'u');
  }

  /** Splits a text into tokens and the text between them, in order. No part is empty. */
  split(text: string): (string | AddedToken)[] {
    if (this.#pattern === undefined) return text === '' ? [] : [text];
    const parts = text.split(this.#pattern).map((part) => this.#tokens.get(part) ?? part);
    return parts.map((part, i) => this.#stripped(part, parts[i - 1], parts[i + 1])).filter((part) => part !== '');
  }

  #stripped(part: string | AddedToken, before?: string | AddedToken, after?: string | AddedToken): string | AddedToken {
    return typeof part === 'string' ? withoutTokenSpace(part, before, after) : part;
  }
}

/** The text without the whitespace that adjacent tokens absorb. */
export function withoutTokenSpace(text: string, before?: string | AddedToken, after?: string | AddedToken): string {
  const rest = typeof before === 'object' && before.rstrip ? withoutLeadingSpace(text) : text;
  return typeof after === 'object' && after.lstrip ? withoutTrailingSpace(rest) : rest;
}
