import { libraryPreTokenizer } from './library-parts.js';
import { type ByteLevelSettings, byteLevelSpelling, byteLevelWords } from './models/byte-level.js';
import type { WordFinder } from './word-finders.js';

/** One of the pre-tokenizers that are done one after another. */
export interface PreTokenizerSettings {
  /** As it stands in tokenizer.json. */
  settings: object;
  /** What it says if it is a `ByteLevel`, which is done here; `null` for others. */
  byteLevel: ByteLevelSettings | null;
  /** Finds its words, if that is done here too; others are done by the library. */
  finder?: WordFinder;
}

type Step = (text: string, first: boolean) => string[];

/** Splits a text into the words that merges do not cross. */
export class PreTokenizer {
  /** Whether the words are in `byteLevelSpelling` for the vocabulary; they are given as they stand in the text. */
  readonly byteLevel: boolean;
  readonly #steps: readonly Step[];

  /**
   * @param steps in their order
   * @throws StarlingError E_MODEL when the library refuses one
   */
  constructor(steps: readonly PreTokenizerSettings[], file: string) {
    this.byteLevel = steps.at(-1)?.byteLevel != null;
    this.#steps = steps.map(({ settings, byteLevel, finder }, i) => {
      if (finder !== undefined) return finder;
      if (byteLevel === null) return libraryPreTokenizer(settings, file);
      if (i === steps.length - 1) return (text) => byteLevelWords(text, byteLevel);
      return (text) => byteLevelWords(text, byteLevel).map(byteLevelSpelling);
    });
  }

  /** @param first whether the text is the beginning of the whole text */
  words(text: string, first: boolean): string[] {
    let words = [text];
    for (const step of this.#steps)
      words = words.length === 1 ? step(words[0], first) : words.flatMap((word, i) => step(word, first && i === 0));
    return words;
  }
}
