import type { EncodedAnswer, Piece, Template, Turn } from '../types.js';
import type { AddedToken } from './added-token.js';
import { withoutTokenSpace } from './token-finder.js';
import type { RunEncoder, TextTokenizer } from './tokenizer.js';

export interface EncoderOptions {
  template: Template;
  /** Tokens of an answer's whole text at most, BOS included. */
  maxLength: number;
  /** Whether the tokenizer's BOS stands before the text. */
  addBos: boolean;
  /** Whether special tokens spelt in a prompt or an answer become these tokens. */
  allowSpecial: boolean;
}

/** Ids of runs of text by spelling, for the answers of one row. */
type KnownRuns = Map<string, readonly number[]>;

/**
 * Texts become ids. The ids of an answer are those of the whole text of prompt and answer at once, in which only the template sets
 * special tokens. A text that is too long loses its beginning, never BOS.
 */
export class Encoder {
  readonly #tokenizer: TextTokenizer;
  readonly #template: Template;
  readonly #encodeRun: RunEncoder;
  readonly #bos: readonly number[];
  readonly #maxLength: number;

  /** @throws StarlingError E_MODEL when the tokenizer lacks a token that the template sets, or BOS */
  constructor(tokenizer: TextTokenizer, { template, maxLength, addBos, allowSpecial }: EncoderOptions) {
    this.#tokenizer = tokenizer;
    this.#template = template;
    this.#bos = addBos ? [tokenizer.bos()] : [];
    this.#maxLength = maxLength;
    this.#encodeRun = tokenizer.runEncoder({ templateTokens: tokensOf(template), allowSpecial });
  }

  /**
   * The ids of each answer, in order; equal answers share one object.
   * @throws RowError E_PROMPT when the template has no way to write the conversation
   */
  encodeRow(conversation: readonly Turn[], answers: readonly string[]): EncodedAnswer[] {
    const prompt = this.#template.prompt(conversation);
    const known: KnownRuns = new Map();
    const encoded = new Map<string, EncodedAnswer>();
    for (const answer of new Set(answers)) {
      encoded.set(answer, this.#encode([...prompt, ...this.#template.answer(answer)], known));
    }
    return answers.flatMap((answer) => encoded.get(answer) ?? []);
  }

  #encode(pieces: readonly Piece[], known: KnownRuns): EncodedAnswer {
    const ids: number[] = [];
    const parts = this.#parts(pieces);
    parts.forEach((part, i) => {
      if (typeof part === 'object') ids.push(part.id);
      else
        for (const id of this.#runIds(withoutTokenSpace(part, parts[i - 1], parts[i + 1]), i === 0, known))
          ids.push(id);
    });
    return this.#cut(ids);
  }

  /** Runs of text, neighbours joined, and the template's tokens between them. */
  #parts(pieces: readonly Piece[]): (string | AddedToken)[] {
    const parts: (string | AddedToken)[] = [];
    for (const piece of pieces) {
      const last = parts.at(-1);
      if ('special' in piece) parts.push(this.#tokenizer.token(piece.special));
      else if (typeof last === 'string') parts[parts.length - 1] = last + piece.text;
      else parts.push(piece.text);
    }
    return parts;
  }

  #runIds(run: string, first: boolean, known: KnownRuns): readonly number[] {
    const key = `${first} ${run}`;
    const ids = known.get(key) ?? this.#encodeRun(run, first);
    known.set(key, ids);
    return ids;
  }

  #cut(ids: readonly number[]): EncodedAnswer {
    const excess = this.#bos.length + ids.length - this.#maxLength;
    const kept = excess > 0 ? ids.slice(excess) : ids;
    return { ids: Int32Array.from([...this.#bos, ...kept]), truncated: excess > 0 };
  }
}

/** The tokens that a template sets, which are the same in every conversation. */
function tokensOf(template: Template): string[] {
  const pieces = [...template.prompt([{ role: 'user', text: '' }]), ...template.answer('')];
  return [...new Set(pieces.flatMap((piece) => ('special' in piece ? [piece.special] : [])))];
}
