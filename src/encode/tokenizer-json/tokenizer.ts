import { StarlingError } from '../../contracts/errors.js';
import type { ReadText } from '../../json/file-text.js';
import type { AddedToken } from './added-token.js';
import { Bpe } from './models/bpe.js';
import { Pieces } from './models/pieces.js';
import { PreTokenizer } from './pre-tokenizer.js';
import { TokenFinder } from './token-finder.js';
import { readTokenizerFile, type TokenizerFile } from './tokenizer-file.js';

export interface RunOptions {
  /** Spellings of the tokens that the template sets. They are protected even if tokenizer.json does not mark them special. */
  templateTokens: readonly string[];
  /** Whether a special token spelt in a text becomes that token. */
  allowSpecial: boolean;
}

/**
 * Encodes a run, which is the text between two tokens of the template, before the first or after the last.
 * @param first whether the run starts the whole text
 */
export type RunEncoder = (run: string, first: boolean) => number[];

/** The tokenizer of a model folder. Its ids equal those of HF tokenizers for the whole text of runs and tokens. */
export interface TextTokenizer {
  /** The id that begins a text. @throws StarlingError E_MODEL if the model has none */
  bos(): number;
  /** A token that a template sets. @throws StarlingError E_MODEL if the tokenizer has no token of this spelling */
  token(spelling: string): AddedToken;
  /** Spellings of the special tokens, BOS included. */
  specials(): string[];
  /** Without `allowSpecial` a run never encodes to a special token, BOS, or a token of the template. */
  runEncoder(options: RunOptions): RunEncoder;
}

/**
 * Reads tokenizer.json and tokenizer_config.json.
 * @throws StarlingError E_MODEL when a file is missing or broken, or the ids of this kind of tokenizer would not be exact
 */
export async function loadTokenizer(folder: string, read?: ReadText): Promise<TextTokenizer> {
  return new HfTokenizer(await readTokenizerFile(folder, read));
}

class HfTokenizer implements TextTokenizer {
  readonly #file: TokenizerFile;
  readonly #preTokenizer: PreTokenizer;

  constructor(file: TokenizerFile) {
    this.#file = file;
    this.#preTokenizer = new PreTokenizer(file.preTokenizers, file.file);
  }

  bos(): number {
    const { bos, file } = this.#file;
    if (bos !== null) return this.token(bos).id;
    throw new StarlingError('E_MODEL', 'BOS cannot be added: tokenizer_config.json has no bos_token', {
      file,
    });
  }

  token(spelling: string): AddedToken {
    const known = this.#find(spelling);
    if (known !== undefined) return known;
    const message = `this tokenizer has no token ${spelling}; choose a --template whose tokens it has`;
    throw new StarlingError('E_MODEL', message, { file: this.#file.file });
  }

  specials(): string[] {
    const { added, bos } = this.#file;
    const spellings = added.filter(({ special }) => special).map(({ content }) => content);
    return bos === null || this.#find(bos) === undefined ? spellings : [...new Set([...spellings, bos])];
  }

  runEncoder({ templateTokens, allowSpecial }: RunOptions): RunEncoder {
    const { added, bos } = this.#file;
    const set = templateTokens.map((spelling) => this.token(spelling));
    const begin = bos === null ? undefined : this.#find(bos);
    if (begin !== undefined) set.push(begin);
    const tokens = new Map([...added, ...set].map((token) => [token.content, token]));
    const reserved = new Set([...added.filter(({ special }) => special), ...set].map(({ id }) => id));
    const found = [...tokens.values()].filter(({ id }) => allowSpecial || !reserved.has(id));
    const words = this.#words(allowSpecial ? new Set() : reserved);
    const verbatim = new TokenFinder(
      found.filter(({ normalized }) => !normalized),
      ({ content }) => content,
    );
    const normalized = new TokenFinder(
      found.filter((token) => token.normalized),
      ({ content }) => this.#file.normalize(content),
    );
    return (run, first) => this.#encode(run, first, { verbatim, normalized, words });
  }

  #words(reserved: ReadonlySet<number>): Words {
    const { file, model } = this.#file;
    const { byteLevel } = this.#preTokenizer;
    return 'merges' in model ? new Bpe(model, reserved, byteLevel) : new Pieces(model, reserved, byteLevel, file);
  }

  /** The added token or the vocabulary entry of this spelling. */
  #find(spelling: string): AddedToken | undefined {
    const { added, model } = this.#file;
    const id = model.vocab.get(spelling);
    const plain = id === undefined ? undefined : plainToken(id, spelling);
    return added.find(({ content }) => content === spelling) ?? plain;
  }

  /** The stages of HF tokenizers in order: verbatim tokens, normalizer, normalized tokens, pre-tokenizer, model. */
  #encode(run: string, first: boolean, { verbatim, normalized, words }: Stages): number[] {
    const ids: number[] = [];
    const parts = verbatim
      .split(run)
      .flatMap((part, i) =>
        typeof part === 'string' ? this.#segments(part, first && i === 0, normalized) : [{ token: part }],
      );
    for (const part of parts) {
      if ('token' in part) ids.push(part.token.id);
      else for (const word of this.#preTokenizer.words(part.text, part.first)) words.encode(word, ids);
    }
    return ids;
  }

  #segments(text: string, first: boolean, finder: TokenFinder): Segment[] {
    const parts = finder.split(this.#file.normalize(text));
    return parts.map((part, i) =>
      typeof part === 'string' ? { text: part, first: first && i === 0 } : { token: part },
    );
  }
}

interface Stages {
  verbatim: TokenFinder;
  normalized: TokenFinder;
  words: Words;
}

type Words = Pick<Bpe, 'encode'>;

type Segment = { text: string; first: boolean } | { token: AddedToken };

/** A token of the vocabulary that is not an added token. */
function plainToken(id: number, content: string): AddedToken {
  return { id, content, special: false, lstrip: false, rstrip: false, normalized: false };
}
