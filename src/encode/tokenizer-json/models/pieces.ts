import { libraryModel } from '../library-parts.js';
import { byteLevelSpelling } from './byte-level.js';
import { Unigram, type UnigramSettings } from './unigram.js';
import { WordCache } from './word-cache.js';

/** The `model` of a tokenizer.json of type WordPiece. */
export interface WordPieceSettings {
  vocab: ReadonlyMap<string, number>;
  /** The model's object in tokenizer.json. */
  settings: Readonly<Record<string, unknown>>;
  /** Id of a word that the vocabulary cannot spell. */
  unkId: number;
}

export type PiecesSettings = UnigramSettings | WordPieceSettings;

/** Cached words: a few megabytes, and more words than everyday language uses. */
const KEPT_WORDS = 2 ** 14;

/** Unigram and WordPiece models, with the ids of HF tokenizers. */
export class Pieces {
  readonly #byteLevel: boolean;
  readonly #idsOf: (word: string) => number[];
  readonly #cache = new WordCache(KEPT_WORDS);

  /**
   * @param reserved ids that no text may become by its spelling
   * @param byteLevel whether the vocabulary spells words as `byteLevelSpelling` does
   * @param file path of tokenizer.json, for messages
   * @throws StarlingError E_MODEL when @huggingface/tokenizers refuses a WordPiece model
   */
  constructor(settings: PiecesSettings, reserved: ReadonlySet<number>, byteLevel: boolean, file: string) {
    this.#byteLevel = byteLevel;
    if ('scores' in settings) {
      const unigram = new Unigram(settings, reserved);
      this.#idsOf = (word) => unigram.ids(word);
    } else this.#idsOf = wordPieces(settings, reserved, file);
  }

  /** Appends the ids of one pre-tokenized word to `ids`. */
  encode(word: string, ids: number[]): void {
    for (const id of this.#cache.get(word) ?? this.#encodeNew(word)) ids.push(id);
  }

  #encodeNew(word: string): number[] {
    const ids = this.#idsOf(this.#byteLevel ? byteLevelSpelling(word) : word);
    this.#cache.set(word, ids);
    return ids;
  }
}

/**
 * WordPiece by @huggingface/tokenizers, with a vocabulary without the reserved tokens. Its unknown token is set to '', which is the
 * spelling of no piece.
 */
function wordPieces(
  { vocab, settings, unkId }: WordPieceSettings,
  reserved: ReadonlySet<number>,
  file: string,
): (word: string) => number[] {
  const free = new Map([...vocab].filter(([, id]) => !reserved.has(id)));
  const piecesOf = libraryModel({ ...settings, unk_token: '', vocab: Object.fromEntries(free) }, file);
  return (word) => piecesOf(word).map((piece) => free.get(piece) ?? unkId);
}
