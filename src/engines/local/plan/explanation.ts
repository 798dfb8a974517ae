import type { Row } from '../../../contracts/row.js';
import type { EncodedAnswer } from '../../../contracts/text.js';
import type { Plan } from './plan-types.js';

/** The plan of a row in readable form. The keys are a contract: `score --explain` prints them. */
export interface Explanation {
  index: number;
  id?: string | number;
  /** The common prefix of all answers, computed once. `carried` of its tokens are in the cache if the row before was just computed. */
  prefix: { tokens: number; carried: number; ids: number[] };
  answers: ExplainedAnswer[];
  /** Tokens of all texts, truncated to the maximum length. */
  tokens: number;
  /** Tokens that the model computes. */
  computed: number;
}

interface ExplainedAnswer {
  /** Prompt and answer in the template, not truncated. */
  text: string;
  /** Tokens after truncation. */
  tokens: number;
  /** Truncated tokens. */
  cut: number;
  ids: number[];
  /** Tokens after the prefix that are computed for this answer: 0 if an earlier answer has the same ids. */
  computed: number;
  /** Position of the earlier answer with the same ids. */
  same_as?: number;
  /** Only for the readout `card`: the id and the position of the token after the text that the head reads. */
  read_at?: { id: number; position: number };
}

/**
 * Explains the plan of a row.
 * @param texts the whole text of each answer
 */
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
