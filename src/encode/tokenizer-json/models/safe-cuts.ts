/** The table has 2^22 bits, many more than a large vocabulary has pairs. */
const BITS = 22;

/** 2^32 divided by the golden ratio. Multiplying by it spreads the pairs over the table. */
const SPREAD = 0x9e3779b1;

/**
 * Cuts a word where no merge can join the two sides, so that the parts can be encoded separately. The proof: a token's spelling is the
 * concatenation of the spellings of its symbols. If two characters are adjacent in no product of a merge, no token contains both of
 * them as neighbours.
 *
 * Pairs of UTF-16 units are stored as hashed bits. Two pairs that share a bit can only prevent a cut, never cause one.
 */
export class SafeCuts {
  readonly #bits = new Uint8Array(2 ** (BITS - 3));

  /** Forbids cuts within `product`, the spelling of a merge's product. */
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

/** Whether a unit is the second half of a surrogate pair, which is never cut. */
function isLowSurrogate(unit: number): boolean {
  return (unit & 0xfc00) === 0xdc00;
}
