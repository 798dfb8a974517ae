/** The settings of tokenizer.json that turn the characters of a word into symbols. */
export interface AlphabetSettings {
  /** Ids by spelling. */
  vocab: ReadonlyMap<string, number>;
  /** Token for characters that the vocabulary lacks. Without it they are dropped. */
  unkToken: string | null;
  /** Whether adjacent unknown characters become one unknown token. */
  fuseUnk: boolean;
  /** Whether characters that the vocabulary lacks become tokens `<0x00>` to `<0xFF>`, one for each UTF-8 byte. */
  byteFallback: boolean;
}

/** Splits words into the initial symbols of BPE. Symbols are ids. */
export class Alphabet {
  readonly #settings: AlphabetSettings;
  readonly #reserved: ReadonlySet<number>;
  readonly #unkId: number | undefined;
  /** Empty without byte fallback. */
  readonly #byteIds: readonly (number | undefined)[];

  /** @param reserved ids that no character may become */
  constructor(settings: AlphabetSettings, reserved: ReadonlySet<number>) {
    const { vocab, unkToken, byteFallback } = settings;
    this.#settings = settings;
    this.#reserved = reserved;
    this.#unkId = unkToken === null ? undefined : vocab.get(unkToken);
    this.#byteIds = Array.from({ length: byteFallback ? 256 : 0 }, (_, byte) => vocab.get(byteToken(byte)));
  }

  /** Ids of symbols whose spelling is not that of their character: unknown and byte tokens. */
  get substitutes(): ReadonlySet<number> {
    return new Set([this.#unkId, ...this.#byteIds].filter((id) => id !== undefined));
  }

  /** Whether each character becomes at least one symbol, independent of its neighbours. */
  get separate(): boolean {
    const bytes = this.#byteIds.length > 0 && this.#byteIds.every((id) => id !== undefined);
    return bytes || (this.#unkId !== undefined && !this.#settings.fuseUnk);
  }

  /** For each character its id, the ids of its UTF-8 bytes, or the unknown token. */
  symbols(word: string): number[] {
    const symbols: number[] = [];
    let afterUnknown = false;
    for (const character of word) {
      const id = this.#settings.vocab.get(character);
      const known = id !== undefined && !this.#reserved.has(id);
      const bytes = known ? undefined : this.#bytes(character);
      if (known) symbols.push(id);
      else if (bytes !== undefined) symbols.push(...bytes);
      else if (this.#unkId !== undefined && !(afterUnknown && this.#settings.fuseUnk)) symbols.push(this.#unkId);
      afterUnknown = !known && bytes === undefined;
    }
    return symbols;
  }

  /** The ids of the UTF-8 bytes; undefined if a byte has no token. */
  #bytes(character: string): number[] | undefined {
    if (this.#byteIds.length === 0) return undefined;
    const bytes = Array.from(Buffer.from(character), (byte) => this.#byteIds[byte]);
    return bytes.every((byte) => byte !== undefined) ? bytes : undefined;
  }
}

/** `<0x0A>` for 10. */
function byteToken(byte: number): string {
  return `<0x${byte.toString(16).toUpperCase().padStart(2, '0')}>`;
}
