import { MergeQueue } from './merge-queue.js';
import { SymbolList } from './symbol-list.js';

/** Two neighbouring tokens that become one, by id. */
export interface Merge {
  left: number;
  right: number;
  product: number;
}

/** The `model` of a tokenizer.json of type BPE. */
export interface BpeSettings {
  /** Ids by spelling. */
  vocab: ReadonlyMap<string, number>;
  /** In the order of their ranks. */
  merges: readonly Merge[];
  /** Stands for characters that the vocabulary lacks; without it they are left out. */
  unkToken: string | null;
  /** Whether neighbouring unknown characters are one unknown token. */
  fuseUnk: boolean;
  /** Whether characters that the vocabulary lacks become tokens `<0x00>` to `<0xFF>` of their UTF-8 bytes. */
  byteFallback: boolean;
  /** Whether a word that is in the vocabulary as a whole is its token, whatever the merges make of it. */
  ignoreMerges: boolean;
}

/** Ids are below this, so two of them make one exact number. */
const IDS = 2 ** 26;

/**
 * Byte-pair encoding, with the ids of HF tokenizers (models/bpe of the Rust library). The merges of a word of n characters take
 * O(n log n), whatever the word, and nothing is kept between words: memory is bounded by the longest word.
 */
export class Bpe {
  readonly #settings: BpeSettings;
  /** Ids that a text may have, by spelling. */
  readonly #vocab: Map<string, number>;
  readonly #unkId: number | undefined;
  /** Rank by `left * IDS + right`. */
  readonly #ranks = new Map<number, number>();
  /** Id of what a merge makes, by rank. */
  readonly #products: Int32Array;
  readonly #byteIds: readonly (number | undefined)[];

  /** @param reserved ids that no text may get; merges that make them are not done */
  constructor(settings: BpeSettings, reserved: ReadonlySet<number>) {
    const { vocab, merges, unkToken } = settings;
    this.#settings = settings;
    this.#vocab = new Map(vocab);
    for (const [spelling, id] of vocab) if (reserved.has(id)) this.#vocab.delete(spelling);
    this.#unkId = unkToken === null ? undefined : vocab.get(unkToken);
    this.#products = Int32Array.from(merges, ({ product }) => product);
    merges.forEach(({ left, right, product }, rank) => {
      if (!reserved.has(product)) this.#ranks.set(left * IDS + right, rank);
    });
    this.#byteIds = Array.from({ length: 256 }, (_, byte) => vocab.get(byteToken(byte)));
  }

  /** Appends the ids of one pre-tokenized word to `ids`. */
  encode(word: string, ids: number[]): void {
    const whole = this.#settings.ignoreMerges ? this.#vocab.get(word) : undefined;
    if (whole !== undefined) {
      ids.push(whole);
      return;
    }
    const symbols = new SymbolList(this.#symbols(word));
    this.#merge(symbols);
    symbols.appendTo(ids);
  }

  /** One id a character, or one a UTF-8 byte of it, or the unknown token. */
  #symbols(word: string): number[] {
    const symbols: number[] = [];
    let afterUnknown = false;
    for (const character of word) {
      const ids = this.#known(character);
      if (ids !== undefined) symbols.push(...ids);
      else if (this.#unkId !== undefined && !(afterUnknown && this.#settings.fuseUnk)) symbols.push(this.#unkId);
      afterUnknown = ids === undefined;
    }
    return symbols;
  }

  #known(character: string): number[] | undefined {
    const id = this.#vocab.get(character);
    if (id !== undefined) return [id];
    if (!this.#settings.byteFallback) return undefined;
    const bytes = Array.from(Buffer.from(character), (byte) => this.#byteIds[byte]);
    return bytes.every((byte) => byte !== undefined) ? bytes : undefined;
  }

  /** Does the first merge by rank, then by position, until there is none. */
  #merge(symbols: SymbolList): void {
    // At most one merge waits for each pair at first; each merge that is done takes one out and brings two.
    const queue = new MergeQueue(2 * symbols.length);
    for (let left = 0; left < symbols.length; left++) this.#offer(left, symbols, queue);
    while (queue.size > 0) {
      const { rank, position } = queue.pop();
      const product = this.#products[rank];
      // The pair may have changed while its merge waited.
      if (this.#productAt(position, symbols) !== product) continue;
      symbols.join(position, product);
      this.#offer(position, symbols, queue);
      if (position > 0) this.#offer(symbols.before(position), symbols, queue);
    }
  }

  #offer(left: number, symbols: SymbolList, queue: MergeQueue): void {
    const rank = this.#rankAt(left, symbols);
    if (rank !== undefined) queue.push(rank, left);
  }

  /** Rank of the merge of the token at `left` with the one after it, if they have one. */
  #rankAt(left: number, symbols: SymbolList): number | undefined {
    const right = symbols.after(left);
    return right < 0 ? undefined : this.#ranks.get(symbols.idAt(left) * IDS + symbols.idAt(right));
  }

  #productAt(left: number, symbols: SymbolList): number | undefined {
    const rank = this.#rankAt(left, symbols);
    return rank === undefined ? undefined : this.#products[rank];
  }
}

/** `<0x0A>` for 10. */
function byteToken(byte: number): string {
  return `<0x${byte.toString(16).toUpperCase().padStart(2, '0')}>`;
}
