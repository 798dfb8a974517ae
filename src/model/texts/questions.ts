import type { Place } from '../../contracts/errors.js';
import type { ErrorCode } from '../../contracts/exit-codes.js';
import type { Turn } from '../../contracts/row.js';
import type { EncodedAnswer, Piece } from '../../contracts/text.js';
import type { TextOptions } from './text-options.js';

/** What the worker does, in `doing`: an error names it where it has no end. */
export const DOING = { tokenizer: 0, template: 1 } as const;

export interface TextWorkerStart {
  folder: string;
  options: TextOptions;
  doing: Int32Array;
}

/** One prompt and answers to it. */
export interface Texts {
  conversation: readonly Turn[];
  answers: readonly string[];
}

/** What can be asked, and what is given for it. */
export interface Questions {
  /** Loads template and tokenizer. */
  open: { asked: null; given: Opened };
  /** The ids of each answer; equal answers share one object. */
  encode: { asked: Texts; given: EncodedAnswer[] };
  /** The whole text of each answer that its ids stand for. */
  texts: { asked: Texts; given: string[] };
  /** What the template writes, whether or not all of its tokens are there. */
  look: { asked: Texts; given: Look };
  /** The id of a token. */
  token: { asked: string; given: number };
  /** The ids of each text as plain words. */
  words: { asked: readonly string[]; given: number[][] };
}

export interface Opened {
  /** Of the token between two kinds of text, if the template makes pairs of two kinds. */
  separatorId?: number;
}

export interface Look {
  name: string;
  isPair: boolean;
  /** Of the first answer. */
  pieces: Piece[];
  /** Ids of the special tokens among them that the tokenizer has. */
  known: Map<string, number>;
}

export type ToTextWorker = {
  [Kind in keyof Questions]: { kind: Kind; asked: Questions[Kind]['asked'] };
}[keyof Questions];

/** Why there is no answer. An error without a code is a defect. */
export interface Problem {
  message: string;
  stack?: string;
  code?: ErrorCode;
  place?: Place;
  isOfRow?: boolean;
}

/** The first message has neither: the thread has begun. */
export type FromTextWorker = { begun: true } | { given: unknown } | { problem: Problem };
