import type { Trunk } from './trunk.js';

/** The work that the rows of a mix need, independent of the contender. */
export interface Work {
  /** Tokens without padding: for each row the common prefix of its distinct texts once, and each rest. */
  tokens: number;
  /** Answers, equal ones included. */
  answers: number;
  /** Floating-point operations; a multiply-add counts two. */
  flops: number;
}

/**
 * The least work for the rewards of rows of token ids: matrix products and attention for every useful token. Above the last layer's keys
 * and values only the token that is read counts. Norms, activations and the head are not counted.
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
  // A token at position p attends to p + 1 tokens: a product with each key, and a weighted sum of the values.
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

/** Length of the common prefix of all lists, so that each keeps at least one id. */
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
