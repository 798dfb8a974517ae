import type { Row } from '../../../contracts/row.js';
import type { EncodedAnswer } from '../../../contracts/text.js';
import type { Plan } from './plan-types.js';

/** What is computed for a row, and why no more. The keys are a contract: `score --explain` prints them. */
export interface Explanation {
  index: number;
  id?: string | number;
  /** Ids that all answers begin with, computed once; `carried` of them are in the cache if the row before was just computed. */
  prefix: { tokens: number; carried: number; ids: number[] };
  answers: ExplainedAnswer[];
  /** Of all texts as the model reads them. */
  tokens: number;
  /** What is computed of these. */
  computed: number;
}

interface ExplainedAnswer {
  /** Prompt and answer in the template, before anything is cut. */
  text: string;
  /** As the model reads it. */
  tokens: number;
  /** Tokens that the maximum length cuts away after BOS. */
  cut: number;
  ids: number[];
  /** Tokens after the prefix that are computed for it: 0 if an earlier answer is the same. */
  computed: number;
  /** The earlier answer whose ids are the same. */
  same_as?: number;
  /** Only for the readout `card`: the id and the position of the token after the text at which the reward is read. */
  read_at?: { id: number; position: number };
}

/** @param texts the whole text of each answer */
export function explanation(
  { index, id }: Row,
  texts: readonly string[],
  encoded: readonly EncodedAnswer[],
  plan: Plan,
): Explanation {
  const { prefix, carried } = plan;
  return {
    index,
    ...(id !== undefined && { id }),
    prefix: { tokens: prefix.length, carried, ids: [...prefix] },
    answers: encoded.map((answer, position) => explained(texts[position], answer, position, plan)),
    tokens: encoded.reduce((sum, { ids }) => sum + ids.length, 0),
    computed: plan.tokens - carried,
  };
}

function explained(text: string, { ids, cut }: EncodedAnswer, position: number, plan: Plan): ExplainedAnswer {
  const { suffixes, suffixOf, card } = plan;
  const suffix = suffixOf[position];
  const first = suffixOf.indexOf(suffix);
  const isAfter = card?.after[suffix] === true;
  return {
    text,
    tokens: ids.length,
    cut,
    ids: [...ids],
    computed: first < position ? 0 : suffixes[suffix].length + (isAfter ? 1 : 0),
    ...(first < position && { same_as: first }),
    ...(card && isAfter && { read_at: { id: card.id, position: card.position } }),
  };
}
