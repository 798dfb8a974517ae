import { Tokenizer } from '@huggingface/tokenizers';
import { messageOf, StarlingError } from '../../contracts/errors.js';

/** The parts of @huggingface/tokenizers in use. Its own declarations do not resolve under Node's module rules. */
interface LibraryParts {
  normalizer: { normalize(text: string): string };
  pre_tokenizer: LibraryPreTokenizer;
  model: LibraryModel;
}

/** Splits words into pieces. */
type LibraryModel = (words: string[]) => string[];

interface LibraryPreTokenizer {
  /** `section_index` is 0 for the start of the whole text. */
  pre_tokenize(text: string, options: { section_index: number }): string[];
  config?: { type: string; individual_digits?: boolean };
  pattern?: RegExp;
}

/**
 * Makes a normalizer of @huggingface/tokenizers.
 * @param settings the normalizer's object in tokenizer.json
 * @param file path of tokenizer.json, for messages
 * @throws StarlingError E_MODEL when the library refuses the settings
 */
export function libraryNormalizer(settings: object, file: string): (text: string) => string {
  const normalizer = libraryPart('normalizer', settings, file);
  return (text) => normalizer.normalize(text);
}

/**
 * Makes a pre-tokenizer of @huggingface/tokenizers, of any type but Sequence.
 * @returns a function that splits a text into words; `first` says whether the text starts the whole text
 * @throws StarlingError E_MODEL when the library refuses the settings
 */
export function libraryPreTokenizer(settings: object, file: string): (text: string, first: boolean) => string[] {
  const preTokenizer = libraryPart('pre_tokenizer', settings, file);
  makeExact(preTokenizer);
  return (text, first) => preTokenizer.pre_tokenize(text, { section_index: first ? 0 : 1 });
}

/**
 * Makes a WordPiece model of @huggingface/tokenizers.
 * @returns a function that splits a word into pieces
 * @throws StarlingError E_MODEL when the library refuses the settings
 */
export function libraryModel(settings: object, file: string): (word: string) => string[] {
  const model = libraryPart('model', settings, file);
  return (word) => model([word]);
}

/** Builds a library tokenizer that has only the wanted part. */
function libraryPart<Kind extends keyof LibraryParts>(kind: Kind, settings: object, file: string): LibraryParts[Kind] {
  const none = { normalizer: null, pre_tokenizer: null, post_processor: null, decoder: null, added_tokens: [] };
  const model = { type: 'BPE', vocab: {}, merges: [] };
  try {
    const parts: LibraryParts = new Tokenizer({ ...none, model, [kind]: settings }, {});
    return parts[kind];
  } catch (cause) {
    const what = messageOf(cause);
    throw new StarlingError('E_MODEL', `this tokenizer cannot be used: ${what}`, { file }, cause);
  }
}

/** Gives `Digits` the character class of the Rust library, all numbers of Unicode. JavaScript's `\d` is only 0 to 9. */
function makeExact(preTokenizer: LibraryPreTokenizer): void {
  const { config } = preTokenizer;
  if (config?.type === 'Digits') preTokenizer.pattern = config.individual_digits ? /\P{N}+|\p{N}/gu : /\P{N}+|\p{N}+/gu;
}
