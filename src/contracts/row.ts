import type { Place } from './errors.js';

export type Role = 'system' | 'user' | 'assistant';

/** One message of a conversation. */
export interface Turn {
  role: Role;
  text: string;
}

/** One of the K answers of a row. */
export interface Answer {
  text: string;
  /** Which model wrote it. */
  model?: string;
  /** Label rank: 1 = best; equal ranks = the judge made no difference. */
  rank?: number;
  /** Label score of the judge, higher = better. */
  score?: number;
}

/** One prompt and its K answers, as read. */
export interface Row {
  /** Position in the whole input, from 0; rows with errors count. */
  index: number;
  /** Which input it is of, where there are several. */
  file?: string;
  id?: string | number;
  /** Rows with the same `promptId` are one cluster for intervals: the input's `prompt_id`, else a hash of the prompt. */
  promptId: string;
  conversation: Turn[];
  /** At least one. */
  answers: Answer[];
  source?: string[];
  turns?: number;
  goodNatured?: boolean;
  /** Where the row stands, for errors. */
  place: Place;
  /** The input record, untouched. */
  record: Readonly<Record<string, unknown>>;
}

/** What was said in a row. */
export interface RowTexts {
  conversation: readonly Turn[];
  /** In answer order. */
  answers: readonly string[];
}
