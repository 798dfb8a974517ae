import type { Trunk } from './trunk.js';

/** What the rows of a mix need, however a contender does it. */
export interface Work {
  /** Tokens of the prompts and answers without padding: for each row what its distinct texts begin with once, and each rest. */
  tokens: number;
  /** Answers, equal ones too. */
  answers: number;
  /** Floating-point operations, a product and a sum counted as two. */
  flops: number;
}

/**
 * The least work that gives the rewards of rows of token ids: every matrix product and attention for every useful token, but above the
 * last layer's keys and values only for the token that is read. Norms, activations and the head are not counted.
 */
export function usefulWork(rows: readonly (readonly number[][])[], trunk: Trunk): Work {
  const total: Work = { tokens: 0, answers: 0, flops: 0 };
  for (const texts of rows) {
    const distinct = [...new Map(texts.map((ids) => [ids.join(), ids])).values()];
    const shared = sharedLength(distinct);
    total.answers += texts.length;
    total.tokens += shared + distinct.reduce((sum, ids) => sum + ids.length - shared, 0);
    total.flops += rowFlops(distinct, shared, trunk);
  }
  return total;
}

function rowFlops(texts: readonly number[][], shared: number, trunk: Trunk): number {
  const { layers, width, heads, kvHeads, headDim, feedForward } = trunk;
  const keysAndValues = 2 * width * 2 * kvHeads * headDim;
  const others = 2 * (2 * width * heads * headDim + 3 * width * feedForward);
  // A token at position p looks at p + 1: a product with each key and a weighted sum of each value.
  const looking = (length: number) => 4 * heads * headDim * length;
  const lookingUpTo = (length: number) => (looking(1) * length * (length + 1)) / 2;
  let flops = 0;
  const add = (from: number, to: number) => {
    const below = (layers - 1) * ((to - from) * (keysAndValues + others) + lookingUpTo(to) - lookingUpTo(from));
    flops += below + (to - from) * keysAndValues;
  };
  add(0, shared);
  for (const { length } of texts) {
    add(shared, length);
    flops += others + looking(length);
  }
  return flops;
}

/** How many ids all lists begin with, leaving each at least one. */
export function sharedLength([first, ...others]: readonly number[][]): number {
  let shared = Math.min(first.length, ...others.map(({ length }) => length)) - 1;
  if (others.length === 0) return 0;
  for (const other of others) {
    let same = 0;
    while (same < shared && other[same] === first[same]) same++;
    shared = same;
  }
  return shared;
}
