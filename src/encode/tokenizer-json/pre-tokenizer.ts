import { libraryPreTokenizer } from './library-parts.js';
import { type ByteLevelSettings, byteLevelSpelling, byteLevelWords } from './models/byte-level.js';
import type { WordFinder } from './word-finders.js';

/** One step of pre-tokenization. */
export interface PreTokenizerSettings {
  /** The step's object in tokenizer.json. */
  settings: object;
  /** The settings of a `ByteLevel`; `null` for other types. */
  byteLevel: ByteLevelSettings | null;
  /** Our implementation of another type. Without it, @huggingface/tokenizers does the step. */
  finder?: WordFinder;
}

type Step = (text: string, first: boolean) => string[];

/** Splits a text into words. Merges do not cross word boundaries. */
export class PreTokenizer {
  /** Whether the vocabulary spells words as `byteLevelSpelling` does. The returned words keep the spelling of the text. */
  readonly byteLevel: boolean;
  readonly #steps: readonly Step[];

  /**
   * @param steps in order
   * @param file path of tokenizer.json, for messages
   * @throws StarlingError E_MODEL when @huggingface/tokenizers refuses a step
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

  /** @param first whether the text starts the whole text */
  words(text: string, first: boolean): string[] {
    let words = [text];
    for (const step of this.#steps)
      words = words.length === 1 ? step(words[0], first) : words.flatMap((word, i) => step(word, first && i === 0));
    return words;
  }
}
