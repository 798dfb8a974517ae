import type { Place } from '../../contracts/errors.js';
import type { ErrorCode } from '../../contracts/exit-codes.js';
import type { Turn } from '../../contracts/row.js';
import type { EncodedAnswer, Piece } from '../../contracts/text.js';
import type { TextOptions } from './text-options.js';

/** Values of `doing`: the part of the worker that runs, for the error if it does not finish. */
export const DOING = { tokenizer: 0, template: 1 } as const;

export interface TextWorkerStart {
  folder: string;
  options: TextOptions;
  /** Bytes of files that need not be read again, by path; `undefined` for absent files. */
  kept?: ReadonlyMap<string, Uint8Array | undefined>;
  doing: Int32Array;
}

/** One prompt and answers to it. */
export interface Texts {
  conversation: readonly Turn[];
  answers: readonly string[];
}

/** The requests to the worker, each with its argument and its result. */
export interface Questions {
  /** Loads template and tokenizer. */
  open: { asked: null; given: Opened };
  /** The ids of each answer; equal answers share one object. */
  encode: { asked: Texts; given: EncodedAnswer[] };
  /** The whole text of each answer, before tokenization. */
  texts: { asked: Texts; given: string[] };
  /** The pieces that the template writes, even if the tokenizer lacks some of its special tokens. */
  look: { asked: Texts; given: Look };
  /** The id of a token. */
  token: { asked: string; given: number };
  /** The ids of each text as plain text: spellings of special tokens do not become these tokens. */
  words: { asked: readonly string[]; given: number[][] };
}

export interface Opened {
  /** See `separatorId` of ModelTexts. */
  separatorId?: number;
}

export interface Look {
  name: string;
  isPair: boolean;
  /** The pieces of the prompt and the first answer. */
  pieces: Piece[];
  /** Ids of the special tokens among the pieces, if the tokenizer has them. */
  known: Map<string, number>;
}

export type ToTextWorker = {
  [Kind in keyof Questions]: { kind: Kind; asked: Questions[Kind]['asked'] };
}[keyof Questions];

/** An error in the worker. Without a code it is a bug. */
export interface Problem {
  message: string;
  stack?: string;
  code?: ErrorCode;
  place?: Place;
  isOfRow?: boolean;
}

/** `begun` is the first message. One of the others answers each request. */
export type FromTextWorker = { begun: true } | { given: unknown } | { problem: Problem };
