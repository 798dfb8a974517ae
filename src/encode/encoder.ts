import { RowError } from '../contracts/errors.js';
import type { Turn } from '../contracts/row.js';
import type { EncodedAnswer, Piece, Template } from '../contracts/text.js';
import { type PairText, pairIds } from './pair.js';
import type { AddedToken } from './tokenizer-json/added-token.js';
import { withoutTokenSpace } from './tokenizer-json/token-finder.js';
import type { RunEncoder, TextTokenizer } from './tokenizer-json/tokenizer.js';

export interface EncoderOptions {
  template: Template;
  /** Maximum number of tokens of prompt and answer, BOS included. */
  maxLength: number;
  /** Whether BOS is added before the text. */
  addBos: boolean;
  /** Whether a special token spelt in a prompt or an answer becomes that token. */
  allowSpecial: boolean;
}

/** A part of the whole text: a run of text or a token. Two runs are never adjacent. */
type TextPart = string | AddedToken;

/**
 * Encodes conversations and answers. Prompt and answer are encoded as one text, in which only the template sets special tokens. A text that
 * is too long is truncated at its start, but keeps BOS. A template of pairs encodes prompt and answer as two texts: see `pairIds`.
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
   * The ids of each answer, in order. Equal answers share one object.
   * @throws RowError E_PROMPT when the template cannot render the conversation
   * @throws StarlingError E_USAGE when the maximum length leaves no room for a pair
   */
  encodeRow(conversation: readonly Turn[], answers: readonly string[]): EncodedAnswer[] {
    const parts = this.#parts(this.#template.prompt(conversation));
    const encode = this.#template.isPair ? this.#afterFirst(parts) : this.#afterPrompt(parts);
    const encoded = new Map<string, EncodedAnswer>();
    for (const answer of new Set(answers)) encoded.set(answer, encode(this.#template.answer(answer, conversation)));
    return answers.flatMap((answer) => encoded.get(answer) ?? []);
  }

  #afterPrompt(parts: TextPart[]): (answer: readonly Piece[]) => EncodedAnswer {
    // The last run of the prompt continues in the answer, so both are encoded together.
    const open = typeof parts.at(-1) === 'string' ? parts.splice(-1) : [];
    const prompt = this.#ids(parts);
    return (answer) => this.#truncated(prompt, this.#ids(this.#parts(answer, open), parts.at(-1)));
  }

  #afterFirst(parts: readonly TextPart[]): (answer: readonly Piece[]) => EncodedAnswer {
    const first = this.#pairText(parts);
    if (first.words.some((id) => first.tokens.includes(id))) {
      const problem =
        'the prompt contains the token that separates it from the answer; drop --allow-special, so that it is encoded as plain text';
      throw new RowError('E_PROMPT', problem, { field: 'conversation' });
    }
    return (answer) => pairIds(this.#bos, first, this.#pairText(this.#parts(answer)), this.#maxLength);
  }

  /** The ids of all runs, then all tokens. Tokens are added after the words are encoded, so they strip no whitespace from them. */
  #pairText(parts: readonly TextPart[]): PairText {
    const words = parts.flatMap((part) => (typeof part === 'string' ? this.#encodeRun(part, true) : []));
    return { words, tokens: parts.flatMap((part) => (typeof part === 'string' ? [] : [part.id])) };
  }

  /**
   * The whole text of one answer, not truncated and without BOS. Special tokens are spelt out.
   * @throws RowError E_PROMPT when the template cannot render the conversation
   */
  text(conversation: readonly Turn[], answer: string): string {
    const pieces = [...this.#template.prompt(conversation), ...this.#template.answer(answer, conversation)];
    return pieces.map((piece) => ('special' in piece ? piece.special : piece.text)).join('');
  }

  /** Joins pieces to parts. @param begun the parts before the pieces */
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

  /** Encodes parts. @param before the preceding part, unless these parts start the whole text */
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

  /** Truncates the text at its start to the maximum length. BOS is kept. */
  #truncated(prompt: readonly number[], answer: readonly number[]): EncodedAnswer {
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

/** The special tokens that a template sets. They are the same in every conversation. */
function tokensOf(template: Template): string[] {
  const conversation = [{ role: 'user' as const, text: 'text' }];
  const pieces = [...template.prompt(conversation), ...template.answer('text', conversation)];
  return [...new Set(pieces.flatMap((piece) => ('special' in piece ? [piece.special] : [])))];
}
