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
  /** The model that wrote it. */
  model?: string;
  /** Label rank: 1 = best. Equal ranks are ties. */
  rank?: number;
  /** Label score of the judge, higher = better. */
  score?: number;
}

/** One prompt and its K answers, as read. */
export interface Row {
  /** Position in the whole input, from 0; rows with errors count. */
  index: number;
  /** The input that the row comes from; absent if there is only one. */
  file?: string;
  id?: string | number;
  /** The input's `prompt_id`, else a hash of the prompt. Rows with the same `promptId` are one cluster for intervals. */
  promptId: string;
  conversation: Turn[];
  /** At least one. */
  answers: Answer[];
  source?: string[];
  turns?: number;
  goodNatured?: boolean;
  /** Where the row stands, for errors. */
  place: Place;
  /** The input record, unchanged. */
  record: Readonly<Record<string, unknown>>;
}

/** The texts of a row. */
export interface RowTexts {
  conversation: readonly Turn[];
  /** In answer order. */
  answers: readonly string[];
}
