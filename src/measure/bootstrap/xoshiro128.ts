/**
 * Random 32-bit integers by xoshiro128** 1.1 (https://prng.di.unimi.it/xoshiro128starstar.c). It is small enough to be written again in any
 * language, with the same bits.
 */
export class Xoshiro128 {
  readonly #state: Int32Array;

  /** @param state four 32-bit words, not all zero */
  constructor(state: readonly [number, number, number, number]) {
    this.#state = Int32Array.from(state, (word) => word | 0);
  }

  /** The four words of the state are the first four outputs of splitmix32, seeded with the low 32 bits of `seed`. */
  static seeded(seed: number): Xoshiro128 {
    const next = splitmix32(seed);
    return new Xoshiro128([next(), next(), next(), next()]);
  }

  /** 32 random bits, as a signed integer. */
  next(): number {
    const state = this.#state;
    const s0 = state[0];
    const s1 = state[1];
    const s2 = state[2] ^ s0;
    const s3 = state[3] ^ s1;
    state[0] = s0 ^ s3;
    state[1] = s1 ^ s2;
    state[2] = s2 ^ (s1 << 9);
    state[3] = rotateLeft(s3, 11);
    return Math.imul(rotateLeft(Math.imul(s1, 5), 7), 9);
  }

  /**
   * A uniform integer from 0 to n - 1, for n from 1 to 2^31. As many low bits as n - 1 needs are drawn, again while they exceed it.
   */
  below(n: number): number {
    // For n = 1 the shift would be by 32, which JavaScript treats as 0.
    const mask = n === 1 ? 0 : -1 >>> Math.clz32(n - 1);
    for (;;) {
      const bits = this.next() & mask;
      if (bits < n) return bits;
    }
  }
}

function rotateLeft(word: number, by: number): number {
  return (word << by) | (word >>> (32 - by));
}

/** A Weyl sequence through a two-round mixer of https://github.com/skeeto/hash-prospector. */
function splitmix32(seed: number): () => number {
  let state = seed | 0;
  return () => {
    state = (state + 0x9e3779b9) | 0;
    let z = state;
    z = Math.imul(z ^ (z >>> 16), 0x21f0aaad);
    z = Math.imul(z ^ (z >>> 15), 0x735a2d97);
    return z ^ (z >>> 15);
  };
}
