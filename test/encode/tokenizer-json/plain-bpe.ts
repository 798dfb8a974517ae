import type { BpeSettings } from '../../../src/encode/tokenizer-json/models/bpe.js';

/** Byte-pair encoding by its definition, without cache, cuts or queue. */
export class PlainBpe {
  readonly #settings: BpeSettings;
  readonly #reserved: ReadonlySet<number>;
  /** Rank and product by `left,right`. */
  readonly #merges = new Map<string, { rank: number; product: number }>();

  constructor(settings: BpeSettings, reserved: ReadonlySet<number> = new Set()) {
    const { lefts, rights, products } = settings.merges;
    this.#settings = settings;
    this.#reserved = reserved;
    products.forEach((product, rank) => {
      if (!reserved.has(product)) this.#merges.set(`${lefts[rank]},${rights[rank]}`, { rank, product });
    });
  }

  /** The ids of a word in the spelling of the vocabulary. */
  ids(spelling: string): number[] {
    const whole = this.#settings.ignoreMerges ? this.#id(spelling) : undefined;
    if (whole !== undefined) return [whole];
    const ids = this.#symbols(spelling);
    for (let first = this.#first(ids); first !== undefined; first = this.#first(ids)) {
      ids.splice(first.at, 2, first.product);
    }
    return ids;
  }

  /** The merge of the lowest rank, and of several the leftmost. */
  #first(ids: readonly number[]): { rank: number; product: number; at: number } | undefined {
    const merges = ids.flatMap((id, at) => {
      const merge = this.#merges.get(`${id},${ids[at + 1]}`);
      return merge === undefined ? [] : [{ ...merge, at }];
    });
    return merges.sort((a, b) => a.rank - b.rank || a.at - b.at)[0];
  }

  #symbols(spelling: string): number[] {
    const { vocab, unkToken, fuseUnk } = this.#settings;
    const unknown = unkToken === null ? undefined : vocab.get(unkToken);
    const symbols = Array.from(spelling, (character) => this.#known(character));
    return symbols.flatMap((ids, i) => {
      if (ids !== undefined) return ids;
      return unknown === undefined || (fuseUnk && i > 0 && symbols[i - 1] === undefined) ? [] : [unknown];
    });
  }

  #known(character: string): number[] | undefined {
    const id = this.#id(character);
    if (id !== undefined) return [id];
    if (!this.#settings.byteFallback) return undefined;
    const bytes = [...new TextEncoder().encode(character)].map((byte) =>
      this.#settings.vocab.get(`<0x${byte.toString(16).toUpperCase().padStart(2, '0')}>`),
    );
    return bytes.every((byte) => byte !== undefined) ? bytes : undefined;
  }

  #id(spelling: string): number | undefined {
    const id = this.#settings.vocab.get(spelling);
    return id === undefined || this.#reserved.has(id) ? undefined : id;
  }
}
