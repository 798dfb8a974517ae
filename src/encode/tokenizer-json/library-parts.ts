import { Tokenizer } from '@huggingface/tokenizers';
import { messageOf, StarlingError } from '../../contracts/errors.js';

/** What is used of the library's objects; its own declarations do not resolve under Node's module rules. */
interface LibraryParts {
  normalizer: { normalize(text: string): string };
  pre_tokenizer: LibraryPreTokenizer;
  model: LibraryModel;
}

/** Gives the pieces of words. */
type LibraryModel = (words: string[]) => string[];

interface LibraryPreTokenizer {
  /** `section_index` is 0 for the beginning of the whole text. */
  pre_tokenize(text: string, options: { section_index: number }): string[];
  config?: { type: string; individual_digits?: boolean };
  pattern?: RegExp;
}

/**
 * @param settings of the normalizer, as they stand in tokenizer.json
 * @param file which they are of
 * @throws StarlingError E_MODEL when the library refuses them
 */
export function libraryNormalizer(settings: object, file: string): (text: string) => string {
  const normalizer = libraryPart('normalizer', settings, file);
  return (text) => normalizer.normalize(text);
}

/**
 * The same for a pre-tokenizer that is no Sequence.
 * @returns the words of a text; `first` says whether it is the beginning of the whole text
 */
export function libraryPreTokenizer(settings: object, file: string): (text: string, first: boolean) => string[] {
  const preTokenizer = libraryPart('pre_tokenizer', settings, file);
  makeExact(preTokenizer);
  return (text, first) => preTokenizer.pre_tokenize(text, { section_index: first ? 0 : 1 });
}

/**
 * The same for a model of type WordPiece.
 * @returns the pieces of a word
 */
export function libraryModel(settings: object, file: string): (word: string) => string[] {
  const model = libraryPart('model', settings, file);
  return (word) => model([word]);
}

/** Nothing else of the library is used, so it is given nothing else. */
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

/** Gives `Digits` the class of the Rust library: all of Unicode's numbers, where JavaScript's `\d` is 0 to 9. */
function makeExact(preTokenizer: LibraryPreTokenizer): void {
  const { config } = preTokenizer;
  if (config?.type === 'Digits') preTokenizer.pattern = config.individual_digits ? /\P{N}+|\p{N}/gu : /\P{N}+|\p{N}+/gu;
}
