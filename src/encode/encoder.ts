import { RowError } from '../contracts/errors.js';
import type { Turn } from '../contracts/row.js';
import type { EncodedAnswer, Piece, Template } from '../contracts/text.js';
import { type PairText, pairIds } from './pair.js';
import type { AddedToken } from './tokenizer-json/added-token.js';
import { withoutTokenSpace } from './tokenizer-json/token-finder.js';
import type { RunEncoder, TextTokenizer } from './tokenizer-json/tokenizer.js';

export interface EncoderOptions {
  template: Template;
  /** Tokens of an answer's whole text at most, BOS included. */
  maxLength: number;
  /** Whether the tokenizer's BOS stands before the text. */
  addBos: boolean;
  /** Whether special tokens spelt in a prompt or an answer become these tokens. */
  allowSpecial: boolean;
}

/** What the whole text consists of: runs of text, no two side by side, and tokens. */
type TextPart = string | AddedToken;

/**
 * Texts become ids. The ids of an answer are those of the whole text of prompt and answer at once, in which only the template sets
 * special tokens. A text that is too long loses its beginning, never BOS. Where the template makes pairs, prompt and answer are two texts
 * of their own: see `pairIds`.
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
    const parts = this.#parts(this.#template.prompt(conversation));
    const encode = this.#template.isPair ? this.#afterFirst(parts) : this.#afterPrompt(parts);
    const encoded = new Map<string, EncodedAnswer>();
    for (const answer of new Set(answers)) encoded.set(answer, encode(this.#template.answer(answer, conversation)));
    return answers.flatMap((answer) => encoded.get(answer) ?? []);
  }

  #afterPrompt(parts: TextPart[]): (answer: readonly Piece[]) => EncodedAnswer {
    // The last run of the prompt goes on with the answer.
    const open = typeof parts.at(-1) === 'string' ? parts.splice(-1) : [];
    const prompt = this.#ids(parts);
    return (answer) => this.#cut(prompt, this.#ids(this.#parts(answer, open), parts.at(-1)));
  }

  #afterFirst(parts: readonly TextPart[]): (answer: readonly Piece[]) => EncodedAnswer {
    const first = this.#pairText(parts);
    if (first.words.some((id) => first.tokens.includes(id))) {
      const problem = 'the prompt spells the token that stands between it and the answer; drop --allow-special';
      throw new RowError('E_PROMPT', problem, { field: 'conversation' });
    }
    return (answer) => pairIds(this.#bos, first, this.#pairText(this.#parts(answer)), this.#maxLength);
  }

  /** Words first, then tokens, which take no whitespace from them: they are set when the words are ids. */
  #pairText(parts: readonly TextPart[]): PairText {
    const words = parts.flatMap((part) => (typeof part === 'string' ? this.#encodeRun(part, true) : []));
    return { words, tokens: parts.flatMap((part) => (typeof part === 'string' ? [] : [part.id])) };
  }

  /**
   * The whole text of one answer that the ids stand for, before anything is cut: special tokens as they are spelt, without BOS.
   * @throws RowError E_PROMPT when the template has no way to write the conversation
   */
  text(conversation: readonly Turn[], answer: string): string {
    const pieces = [...this.#template.prompt(conversation), ...this.#template.answer(answer, conversation)];
    return pieces.map((piece) => ('special' in piece ? piece.special : piece.text)).join('');
  }

  /** @param begun what stands before the pieces */
  #parts(pieces: readonly Piece[], begun: readonly TextPart[] = []): TextPart[] {
    const parts = [...begun];
    for (const piece of pieces) {
      const last = parts.at(-1);
      if ('special' in piece) parts.push(this.#tokenizer.token(piece.special));
      else if (typeof last === 'string') parts[parts.length - 1] = last + piece.text;
      else parts.push(piece.text);
    }
    return parts;
  }

  /** @param before the part before these, if they are not the beginning of the whole text */
  #ids(parts: readonly TextPart[], before?: TextPart): number[] {
    const ids: number[] = [];
    parts.forEach((part, i) => {
      const previous = i === 0 ? before : parts[i - 1];
      if (typeof part === 'object') ids.push(part.id);
      else
        for (const id of this.#encodeRun(withoutTokenSpace(part, previous, parts[i + 1]), previous === undefined))
          ids.push(id);
    });
    return ids;
  }

  /** BOS and as much of the end of the rest as the maximum length allows. */
  #cut(prompt: readonly number[], answer: readonly number[]): EncodedAnswer {
    const excess = Math.max(0, this.#bos.length + prompt.length + answer.length - this.#maxLength);
    const ofPrompt = prompt.slice(excess);
    const ofAnswer = answer.slice(Math.max(0, excess - prompt.length));
    const ids = new Int32Array(this.#bos.length + ofPrompt.length + ofAnswer.length);
    ids.set(this.#bos);
    ids.set(ofPrompt, this.#bos.length);
    ids.set(ofAnswer, this.#bos.length + ofPrompt.length);
    return { ids, cut: excess };
  }
}

/** The tokens that a template sets, which are the same in every conversation. */
function tokensOf(template: Template): string[] {
  const conversation = [{ role: 'user' as const, text: 'text' }];
  const pieces = [...template.prompt(conversation), ...template.answer('text', conversation)];
  return [...new Set(pieces.flatMap((piece) => ('special' in piece ? [piece.special] : [])))];
}
