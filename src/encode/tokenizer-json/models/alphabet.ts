/** How the characters of a word become symbols, as tokenizer.json has it. */
export interface AlphabetSettings {
  /** Ids by spelling. */
  vocab: ReadonlyMap<string, number>;
  /** Stands for characters that the vocabulary lacks; without it they are left out. */
  unkToken: string | null;
  /** Whether neighbouring unknown characters are one unknown token. */
  fuseUnk: boolean;
  /** Whether characters that the vocabulary lacks become tokens `<0x00>` to `<0xFF>` of their UTF-8 bytes. */
  byteFallback: boolean;
}

/** The symbols, by id, that merges begin with. */
export class Alphabet {
  readonly #settings: AlphabetSettings;
  readonly #reserved: ReadonlySet<number>;
  readonly #unkId: number | undefined;
  /** Empty without byte fallback. */
  readonly #byteIds: readonly (number | undefined)[];

  /** @param reserved ids that no character may get */
  constructor(settings: AlphabetSettings, reserved: ReadonlySet<number>) {
    const { vocab, unkToken, byteFallback } = settings;
    this.#settings = settings;
    this.#reserved = reserved;
    this.#unkId = unkToken === null ? undefined : vocab.get(unkToken);
    this.#byteIds = Array.from({ length: byteFallback ? 256 : 0 }, (_, byte) => vocab.get(byteToken(byte)));
  }

  /** Ids of symbols that do not spell the character they stand for. */
  get substitutes(): ReadonlySet<number> {
    return new Set([this.#unkId, ...this.#byteIds].filter((id) => id !== undefined));
  }

  /** Whether each character gives at least one symbol, whatever stands beside it. */
  get separate(): boolean {
    const bytes = this.#byteIds.length > 0 && this.#byteIds.every((id) => id !== undefined);
    return bytes || (this.#unkId !== undefined && !this.#settings.fuseUnk);
  }

  /** One id a character, or one a UTF-8 byte of it, or the unknown token. */
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

  /** Nothing if a byte has no token. */
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
