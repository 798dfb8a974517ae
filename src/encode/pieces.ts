import { byteLevelSpelling } from './byte-level.js';
import { libraryModel } from './library-parts.js';
import { WordCache } from './word-cache.js';

/** The `model` of a tokenizer.json of type Unigram or WordPiece. */
export interface PiecesSettings {
  type: 'Unigram' | 'WordPiece';
  vocab: ReadonlyMap<string, number>;
  /** As it stands in tokenizer.json. */
  settings: Readonly<Record<string, unknown>>;
  /** Of what cannot be spelt. */
  unkId: number;
}

/** Words whose ids are kept: some megabytes, and more than a language has words in daily use. */
const KEPT_WORDS = 2 ** 16;

/** The spelling of a token that no text may get: none has it. */
const NEVER = '';

/** Pieces of words by @huggingface/tokenizers, with the ids of HF tokenizers (models/unigram and models/wordpiece of the Rust library). */
export class Pieces {
  readonly #vocab: ReadonlyMap<string, number>;
  readonly #unkId: number;
  readonly #byteLevel: boolean;
  readonly #piecesOf: (word: string) => string[];
  readonly #cache = new WordCache(KEPT_WORDS);

  /**
   * @param reserved ids that no text may get by its spelling
   * @param byteLevel whether the vocabulary spells words as `byteLevelSpelling` does
   */
  constructor(
    { type, vocab, settings, unkId }: PiecesSettings,
    reserved: ReadonlySet<number>,
    byteLevel: boolean,
    file: string,
  ) {
    const free = [...vocab].filter(([, id]) => !reserved.has(id));
    this.#vocab = new Map(free);
    this.#unkId = unkId;
    this.#byteLevel = byteLevel;
    const model =
      type === 'Unigram'
        ? withoutReserved(settings, reserved)
        : { ...settings, unk_token: NEVER, vocab: Object.fromEntries(free) };
    this.#piecesOf = libraryModel(model, file);
  }

  /** Appends the ids of one pre-tokenized word to `ids`. */
  encode(word: string, ids: number[]): void {
    for (const id of this.#cache.get(word) ?? this.#encodeNew(word)) ids.push(id);
  }

  #encodeNew(word: string): number[] {
    const pieces = this.#piecesOf(this.#byteLevel ? byteLevelSpelling(word) : word);
    const ids = pieces.map((piece) => this.#vocab.get(piece) ?? this.#unkId);
    this.#cache.set(word, ids);
    return ids;
  }
}

/** Places in the list are ids, and the lowest score is of all of them, so every token keeps its place and its score. */
function withoutReserved(settings: Readonly<Record<string, unknown>>, reserved: ReadonlySet<number>): object {
  const { vocab } = settings;
  const entries: unknown[] = Array.isArray(vocab) ? vocab : [];
  return {
    ...settings,
    vocab: entries.map((entry, id) => (reserved.has(id) && Array.isArray(entry) ? [NEVER, entry[1]] : entry)),
  };
}
