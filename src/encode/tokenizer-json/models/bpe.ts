import { Alphabet, type AlphabetSettings } from './alphabet.js';
import { byteLevelSpelling } from './byte-level.js';
import { type Merges, MergeTable } from './merge-table.js';
import { Merger } from './merger.js';
import { SafeCuts } from './safe-cuts.js';
import { WordCache } from './word-cache.js';

/** The `model` of a tokenizer.json of type BPE. */
export interface BpeSettings extends AlphabetSettings {
  merges: Merges;
  /** Whether a word that is a token of the vocabulary becomes that token without merging. */
  ignoreMerges: boolean;
}

/** Cached words: a few megabytes, and more words than everyday language uses. */
const KEPT_WORDS = 2 ** 14;

/**
 * Byte-pair encoding, with the ids of HF tokenizers (models/bpe of the Rust library). A word starts as one symbol a character. The merge of
 * the lowest rank is applied at its leftmost place, until no pair of neighbours has a merge. With the merges
 *
 *   rank 0: l o -> lo      rank 1: e r -> er      rank 2: lo w -> low
 *
 * the word "lower" becomes two tokens:
 *
 *   l o w e r  ->  lo w e r  ->  lo w er  ->  low er
 *
 * `Alphabet` makes the symbols, `MergeTable` finds the rank of a pair, and `Merger` applies the merges. `SafeCuts` first splits long words
 * where no merge can join the two sides.
 */
export class Bpe {
  readonly #settings: BpeSettings;
  readonly #reserved: ReadonlySet<number>;
  readonly #byteLevel: boolean;
  readonly #alphabet: Alphabet;
  readonly #merger: Merger;
  readonly #cuts: SafeCuts | undefined;
  readonly #cache = new WordCache(KEPT_WORDS);

  /**
   * @param reserved ids that no text may become; merges that produce them are skipped
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

/** Undefined where the spelling of a token may differ from that of its symbols. The proof of `SafeCuts` needs them to be equal. */
function safeCuts({ vocab, merges, ignoreMerges }: BpeSettings, alphabet: Alphabet): SafeCuts | undefined {
  const { separate, substitutes } = alphabet;
  const mixed = [merges.lefts, merges.rights, merges.products].some((ids) => ids.some((id) => substitutes.has(id)));
  const ambiguous = new Set(vocab.values()).size < vocab.size;
  if (ignoreMerges || !separate || mixed || ambiguous) return undefined;
  const cuts = new SafeCuts();
  for (const [spelling, id] of vocab) if (!substitutes.has(id)) cuts.keep(spelling);
  return cuts;
}
