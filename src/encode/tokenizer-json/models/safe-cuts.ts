/** Bits of the table, as a power of two: many more than the pairs of even a large vocabulary. */
const BITS = 22;

/** 2^32 divided by the golden ratio: products with it spread the pairs over the table. */
const SPREAD = 0x9e3779b1;

/**
 * Cuts a word where no merge can ever join what is left of the cut with what is right of it, so that the parts can be encoded one by
 * one. The proof: a token spells what its symbols spell, one after another. So two characters that stand side by side in nothing that
 * a merge makes are never in one token, whatever stands around them.
 *
 * Pairs of UTF-16 units are kept as hashed bits: where two pairs share a bit, a cut is not made that could be.
 */
export class SafeCuts {
  readonly #bits = new Uint8Array(2 ** (BITS - 3));

  /** Lets `product`, the spelling of what a merge makes, stand uncut. */
  keep(product: string): void {
    for (let i = 1; i < product.length; i++) {
      const bit = bitOf(product.charCodeAt(i - 1), product.charCodeAt(i));
      this.#bits[bit >> 3] |= 1 << (bit & 7);
    }
  }

  /** The parts of a word, in order. */
  apart(word: string): string[] {
    const parts: string[] = [];
    let start = 0;
    for (let i = 1; i < word.length; i++) {
      if (this.#kept(word.charCodeAt(i - 1), word.charCodeAt(i))) continue;
      parts.push(word.slice(start, i));
      start = i;
    }
    parts.push(word.slice(start));
    return parts;
  }

  #kept(left: number, right: number): boolean {
    const bit = bitOf(left, right);
    return (this.#bits[bit >> 3] & (1 << (bit & 7))) !== 0 || isLowSurrogate(right);
  }
}

function bitOf(left: number, right: number): number {
  return Math.imul((left << 16) | right, SPREAD) >>> (32 - BITS);
}

/** Whether a unit is the second half of a character, from which it is not cut. */
function isLowSurrogate(unit: number): boolean {
  return (unit & 0xfc00) === 0xdc00;
}
