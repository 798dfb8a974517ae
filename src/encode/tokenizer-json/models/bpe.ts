import { Alphabet, type AlphabetSettings } from './alphabet.js';
import { byteLevelSpelling } from './byte-level.js';
import { type Merges, MergeTable } from './merge-table.js';
import { Merger } from './merger.js';
import { SafeCuts } from './safe-cuts.js';
import { WordCache } from './word-cache.js';

/** The `model` of a tokenizer.json of type BPE. */
export interface BpeSettings extends AlphabetSettings {
  merges: Merges;
  /** Whether a word that is in the vocabulary as a whole is its token, whatever the merges make of it. */
  ignoreMerges: boolean;
}

/** Words whose ids are kept: some megabytes, and more than a language has words in daily use. */
const KEPT_WORDS = 2 ** 14;

/** Byte-pair encoding, with the ids of HF tokenizers (models/bpe of the Rust library). */
export class Bpe {
  readonly #settings: BpeSettings;
  readonly #reserved: ReadonlySet<number>;
  readonly #byteLevel: boolean;
  readonly #alphabet: Alphabet;
  readonly #merger: Merger;
  readonly #cuts: SafeCuts | undefined;
  readonly #cache = new WordCache(KEPT_WORDS);

  /**
   * @param reserved ids that no text may get; merges that make them are not done
   * @param byteLevel whether the vocabulary spells words as `byteLevelSpelling` does
   */
  constructor(settings: BpeSettings, reserved: ReadonlySet<number>, byteLevel: boolean) {
    this.#settings = settings;
    this.#reserved = reserved;
    this.#byteLevel = byteLevel;
    this.#alphabet = new Alphabet(settings, reserved);
    this.#merger = new Merger(new MergeTable(settings.merges, reserved));
    this.#cuts = byteLevel ? undefined : safeCuts(settings, this.#alphabet);
  }

  /** Appends the ids of one pre-tokenized word to `ids`. */
  encode(word: string, ids: number[]): void {
    if (this.#cuts === undefined) this.#append(word, ids);
    else for (const part of this.#cuts.apart(word)) this.#append(part, ids);
  }

  #append(word: string, ids: number[]): void {
    for (const id of this.#cache.get(word) ?? this.#encodeNew(word)) ids.push(id);
  }

  #encodeNew(word: string): number[] {
    const spelling = this.#byteLevel ? byteLevelSpelling(word) : word;
    const ids = this.#whole(spelling) ?? this.#merger.merged(this.#alphabet.symbols(spelling));
    this.#cache.set(word, ids);
    return ids;
  }

  #whole(spelling: string): number[] | undefined {
    const id = this.#settings.ignoreMerges ? this.#settings.vocab.get(spelling) : undefined;
    return id === undefined || this.#reserved.has(id) ? undefined : [id];
  }
}

/** Undefined where a token may not spell what its symbols stand for, so that spellings would prove nothing. */
function safeCuts({ vocab, merges, ignoreMerges }: BpeSettings, alphabet: Alphabet): SafeCuts | undefined {
  const { separate, substitutes } = alphabet;
  const mixed = [merges.lefts, merges.rights, merges.products].some((ids) => ids.some((id) => substitutes.has(id)));
  const ambiguous = new Set(vocab.values()).size < vocab.size;
  if (ignoreMerges || !separate || mixed || ambiguous) return undefined;
  const cuts = new SafeCuts();
  for (const [spelling, id] of vocab) if (!substitutes.has(id)) cuts.keep(spelling);
  return cuts;
}
