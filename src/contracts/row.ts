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

/** A piece of the text a model reads: words that somebody wrote, or a special token that the template sets. */
export type Piece = { text: string } | { special: string };

/** How a conversation and an answer become the text a reward model was trained on. */
export interface Template {
  readonly name: string;
  /** Whether prompt and answer are two texts: each is encoded alone, and the longer one is cut first, at its end. */
  readonly isPair?: boolean;
  /** Everything before the answer's own words. */
  prompt(conversation: readonly Turn[]): Piece[];
  /** The answer's words and what closes its turn; `conversation` is the prompt's. */
  answer(text: string, conversation: readonly Turn[]): Piece[];
}

/** The token ids of one answer's whole text, prompt included, as the model gets them. */
export interface EncodedAnswer {
  ids: Int32Array;
  /** How many ids were cut away to fit the maximum length. */
  cut: number;
}

/**
 * Every run over a model has a whole number of these tokens: a plan's prefix does, and a suffix that does not is filled up when it
 * is run. One query row alone, or a last odd one, goes through kernels of the runtime that add in another order (flash attention's
 * one-row tile, one-token decoding); an even number never does. So a reward's bits do not depend on where a row was split.
 */
export const RUN_MULTIPLE = 2;

/**
 * What to compute for a row. The reward of answer i is that of the id list `prefix` + `suffixes[suffixOf[i]]`, read at its last token,
 * or, where `card` says so, at the token after it.
 */
export interface Plan {
  /** Ids that all answers share, computed once; a multiple of RUN_MULTIPLE, may be empty. */
  prefix: Int32Array;
  /** Distinct continuations of the prefix, none of them empty. */
  suffixes: Int32Array[];
  /** For each answer, its place in `suffixes`. */
  suffixOf: number[];
  /** Tokens that are computed: the prefix once and every suffix, with the token after it; what fills up a run does not count. */
  tokens: number;
  /** How many of these the plan of the row before begins with too: who has just run that one does not compute them again. */
  carried: number;
  /** Only for the readout `card`. */
  card?: CardToken;
}

/** The token at which the readout `card` reads a reward: it stands alone at `position` and attends to the whole id list, not to itself. */
export interface CardToken {
  id: number;
  position: number;
  /** For each suffix, whether its reward is read there; else it is read at the suffix's last token. */
  after: boolean[];
}

/** What the class on a model's card does with a text that is shorter than the maximum length: see `engines/local/plan/card.ts`. */
export interface Card {
  /** The id that it looks for to find the end of the text. */
  padId: number;
  /** The id that it fills texts up with. */
  fillId: number;
  /** Tokens that it fills texts up to. */
  maxLength: number;
}

/** What a model is computed with: names of the runtime's execution providers. */
export const DEVICES = ['cpu', 'cuda', 'coreml', 'dml'] as const;

export type Device = (typeof DEVICES)[number];

/** How a sequence-classification graph that other tools made is run; what is undefined has to be known otherwise. */
export interface Foreign {
  /** The id that texts which are run together are filled up with. */
  padId: number;
  /** Whether its weights are of 16 bits, as far as its files say so. */
  isHalf?: boolean;
  /** Which of several logits is the reward. */
  logit?: number;
  /** Where the graph asks for kinds of tokens, those after the first of this id in a text are of the second. */
  separatorId?: number;
}

/** One line of output: a row's rewards and ranks, and what evaluation needs of the row. The keys are the output's contract. */
export interface Ranking {
  index: number;
  /** Which input the row is of; absent if there is only one. */
  file?: string;
  id?: string | number;
  prompt_id: string;
  /** Rewards in answer order. Only differences within a row mean something. */
  scores: number[];
  /** 1 = best; equal scores share the best rank among them (1, 2, 2, 4). */
  ranks: number[];
  /** Answer positions from 0, best first; equal scores stay in answer order. */
  order: number[];
  /** Positions of the answers whose text was cut to the maximum length; absent if none. */
  truncated?: number[];
  /** Label ranks, 1 = best, `null` where an answer has none; absent if no answer has one. */
  labels?: (number | null)[];
  /** Label scores, higher = better; same rules. */
  label_scores?: (number | null)[];
  models?: (string | null)[];
  /** Unicode code points of each answer. */
  lengths: number[];
  source?: string[];
  turns?: number;
  good_natured?: boolean;
}

/** ok: as it should be. warn: works, but look at it. fail: do not trust it. skip: another check has to be ok first. */
export type Verdict = 'ok' | 'warn' | 'fail' | 'skip';

/** What `doctor` found about one thing. The keys are the output's contract. */
export interface Check {
  /** What was looked at. */
  check: string;
  verdict: Verdict;
  found: string;
  /** What to do; absent where nothing is to be done, or `found` says it. */
  remedy?: string;
  /** All that the verdict rests on. */
  details?: Readonly<Record<string, unknown>>;
}
