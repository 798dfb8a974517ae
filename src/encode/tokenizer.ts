import { Tokenizer } from '@huggingface/tokenizers';
import { StarlingError } from '../errors.js';
import type { AddedToken } from './added-token.js';
import { Bpe } from './bpe.js';
import { TokenFinder } from './token-finder.js';
import { readTokenizerFile, type TokenizerFile } from './tokenizer-file.js';

export interface RunOptions {
  /** Spellings of the tokens that the template sets: protected even if tokenizer.json does not call them special. */
  templateTokens: readonly string[];
  /** Whether special tokens spelt in a text become these tokens. */
  allowSpecial: boolean;
}

/**
 * The ids of a run of text: what stands between two tokens that a template sets, or before the first or after the last.
 * @param first whether the run is the beginning of the whole text
 */
export type RunEncoder = (run: string, first: boolean) => number[];

/** The tokenizer of a model folder. Ids are those of HF tokenizers for the whole text that the runs and tokens spell. */
export interface TextTokenizer {
  /** The id that begins a text. Throws StarlingError E_MODEL if the model names none. */
  bos(): number;
  /** A token that a template sets. Throws StarlingError E_MODEL if the tokenizer has none of this spelling. */
  token(spelling: string): AddedToken;
  /** Without `allowSpecial` no run ever encodes to a special token, to BOS, or to a token of the template. */
  runEncoder(options: RunOptions): RunEncoder;
}

/**
 * Reads tokenizer.json and tokenizer_config.json.
 * @throws StarlingError E_MODEL when a file is missing or broken, or the tokenizer is of a kind whose ids would not be exact
 */
export async function loadTokenizer(folder: string): Promise<TextTokenizer> {
  return new HfTokenizer(await readTokenizerFile(folder));
}

class HfTokenizer implements TextTokenizer {
  readonly #file: TokenizerFile;
  readonly #normalizer: LibraryParts['normalizer'];
  readonly #preTokenizer: PreTokenizer | null;

  constructor(file: TokenizerFile) {
    const { normalizer, pre_tokenizer } = libraryParts(file);
    this.#file = file;
    this.#normalizer = normalizer;
    this.#preTokenizer = pre_tokenizer;
    makeExact(pre_tokenizer);
  }

  bos(): number {
    const { bos, file } = this.#file;
    if (bos !== null) return this.token(bos).id;
    throw new StarlingError('E_MODEL', 'a BOS token is to be added, but tokenizer_config.json names no bos_token', {
      file,
    });
  }

  token(spelling: string): AddedToken {
    const known = this.#find(spelling);
    if (known !== undefined) return known;
    const message = `this tokenizer has no token ${spelling}; choose a --template whose tokens it has`;
    throw new StarlingError('E_MODEL', message, { file: this.#file.file });
  }

  runEncoder({ templateTokens, allowSpecial }: RunOptions): RunEncoder {
    const { added, bos, model } = this.#file;
    const set = templateTokens.map((spelling) => this.token(spelling));
    const begin = bos === null ? undefined : this.#find(bos);
    if (begin !== undefined) set.push(begin);
    const tokens = new Map([...added, ...set].map((token) => [token.content, token]));
    const reserved = new Set([...added.filter(({ special }) => special), ...set].map(({ id }) => id));
    const found = [...tokens.values()].filter(({ id }) => allowSpecial || !reserved.has(id));
    const words = new Bpe(model, reserved);
    const verbatim = new TokenFinder(
      found.filter(({ normalized }) => !normalized),
      ({ content }) => content,
    );
    const normalized = new TokenFinder(
      found.filter((token) => token.normalized),
      ({ content }) => this.#normalized(content),
    );
    return (run, first) => this.#encode(run, first, { verbatim, normalized, words });
  }

  /** An added token, or a spelling of the vocabulary. */
  #find(spelling: string): AddedToken | undefined {
    const { added, model } = this.#file;
    const id = model.vocab.get(spelling);
    const plain = id === undefined ? undefined : plainToken(id, spelling);
    return added.find(({ content }) => content === spelling) ?? plain;
  }

  /** In the order of HF tokenizers: tokens spelt verbatim, the normalizer, tokens in normalized spelling, words, merges. */
  #encode(run: string, first: boolean, { verbatim, normalized, words }: Stages): number[] {
    const ids: number[] = [];
    const parts = verbatim
      .split(run)
      .flatMap((part, i) =>
        typeof part === 'string' ? this.#parts(part, first && i === 0, normalized) : [{ token: part }],
      );
    for (const part of parts) {
      if ('token' in part) ids.push(part.token.id);
      else for (const word of this.#words(part.text, part.first)) words.encode(word, ids);
    }
    return ids;
  }

  #parts(text: string, first: boolean, finder: TokenFinder): Part[] {
    const parts = finder.split(this.#normalized(text));
    return parts.map((part, i) =>
      typeof part === 'string' ? { text: part, first: first && i === 0 } : { token: part },
    );
  }

  #normalized(text: string): string {
    return this.#normalizer === null ? text : this.#normalizer.normalize(text);
  }

  #words(text: string, first: boolean): string[] {
    return this.#preTokenizer === null
      ? [text]
      : this.#preTokenizer.pre_tokenize(text, { section_index: first ? 0 : 1 });
  }
}

interface Stages {
  verbatim: TokenFinder;
  normalized: TokenFinder;
  words: Bpe;
}

type Part = { text: string; first: boolean } | { token: AddedToken };

/** A token that is in the vocabulary but was never added. */
function plainToken(id: number, content: string): AddedToken {
  return { id, content, special: false, lstrip: false, rstrip: false, normalized: false };
}

/** What is used of the library's objects; its own declarations do not resolve under Node's module rules. */
interface LibraryParts {
  normalizer: { normalize(text: string): string } | null;
  pre_tokenizer: PreTokenizer | null;
}

interface PreTokenizer {
  /** `section_index` is 0 for the beginning of the whole text. */
  pre_tokenize(text: string, options: { section_index: number }): string[];
  config?: { type: string; individual_digits?: boolean };
  pattern?: RegExp;
  /** Of a Sequence. */
  tokenizers?: (PreTokenizer | null)[];
}

/** The library's normalizer and pre-tokenizer. Its added tokens and merges are not used, so it is given none. */
function libraryParts({ normalizer, preTokenizer, file }: TokenizerFile): LibraryParts {
  const model = { type: 'BPE', vocab: {}, merges: [] };
  const settings = {
    model,
    normalizer,
    pre_tokenizer: preTokenizer,
    post_processor: null,
    decoder: null,
    added_tokens: [],
  };
  try {
    return new Tokenizer(settings, {});
  } catch (cause) {
    const what = cause instanceof Error ? cause.message : String(cause);
    throw new StarlingError('E_MODEL', `this tokenizer cannot be used: ${what}`, { file }, cause);
  }
}

/** The words of GPT-2: contractions, letters, numbers, other characters, whitespace. Source: tokenizers, pre_tokenizers/byte_level. */
const BYTE_LEVEL_WORDS =
  /'s|'t|'re|'ve|'m|'ll|'d| ?\p{L}+| ?\p{N}+| ?[^\p{White_Space}\p{L}\p{N}]+|\p{White_Space}+(?!\P{White_Space})|\p{White_Space}+/gu;

/**
 * Gives two pre-tokenizers the character classes of the Rust library: its `\s` is Unicode's White_Space, where JavaScript's also has
 * U+FEFF and lacks U+0085, and its digits are all of Unicode's numbers, where JavaScript's `\d` is 0 to 9.
 */
function makeExact(part: PreTokenizer | null): void {
  part?.tokenizers?.forEach(makeExact);
  if (part?.config?.type === 'ByteLevel') part.pattern = BYTE_LEVEL_WORDS;
  if (part?.config?.type === 'Digits')
    part.pattern = part.config.individual_digits ? /\P{N}+|\p{N}/gu : /\P{N}+|\p{N}+/gu;
}
