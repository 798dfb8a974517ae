import type { TrunkConfig } from '../trunk-config.js';

/** cos and sin of each position, [positions, head size / 2]. */
export interface Rotation {
  cos: Float32Array;
  sin: Float32Array;
}

/** Turns each head of [tokens, heads * head size] by the position of its token. Source: arXiv 2104.09864, with halves as in Llama. */
export function rotate(values: Float32Array, headDim: number, positions: readonly number[], table: Rotation): void {
  const half = headDim / 2;
  const width = values.length / positions.length;
  for (const [token, position] of positions.entries()) {
    for (let head = token * width; head < (token + 1) * width; head += headDim) {
      for (let i = 0; i < half; i++) {
        const [cos, sin] = [table.cos[position * half + i], table.sin[position * half + i]];
        const [a, b] = [values[head + i], values[head + half + i]];
        values[head + i] = a * cos - b * sin;
        values[head + half + i] = b * cos + a * sin;
      }
    }
  }
}

/** Queries [tokens, heads * head size], keys and values [tokens, kv heads * head size] of consecutive texts. */
export interface Heads {
  queries: Float32Array;
  keys: Float32Array;
  values: Float32Array;
}

/**
 * Causal attention within each text, with groups of heads that share keys and values (arXiv 2305.13245): [tokens, heads * head size].
 * @param lengths tokens of each text
 * @param window tokens that a token sees, itself included; `null` for all before it
 */
export function attention(
  heads: Heads,
  lengths: readonly number[],
  trunk: Pick<TrunkConfig, 'heads' | 'kvHeads' | 'headDim'>,
  window: number | null,
): Float32Array<ArrayBuffer> {
  const attended = new Float32Array(heads.queries.length);
  let first = 0;
  for (const length of lengths) {
    for (let token = first; token < first + length; token++) {
      const from = window === null ? first : Math.max(first, token - window + 1);
      for (let head = 0; head < trunk.heads; head++) attendTo(attended, heads, trunk, { token, from, head });
    }
    first += length;
  }
  return attended;
}

function attendTo(
  attended: Float32Array,
  { queries, keys, values }: Heads,
  { heads, kvHeads, headDim }: Pick<TrunkConfig, 'heads' | 'kvHeads' | 'headDim'>,
  { token, from, head }: { token: number; from: number; head: number },
): void {
  const query = (token * heads + head) * headDim;
  const kvHead = Math.floor(head / (heads / kvHeads));
  const shares: number[] = [];
  for (let other = from; other <= token; other++) {
    const key = (other * kvHeads + kvHead) * headDim;
    let product = 0;
    for (let i = 0; i < headDim; i++) product += queries[query + i] * keys[key + i];
    shares.push(product / Math.sqrt(headDim));
  }
  const most = Math.max(...shares);
  const weights = shares.map((share) => Math.exp(share - most));
  const sum = weights.reduce((a, b) => a + b, 0);
  for (let i = 0; i < headDim; i++) {
    let value = 0;
    for (const [j, weight] of weights.entries())
      value += weight * values[((from + j) * kvHeads + kvHead) * headDim + i];
    attended[query + i] = value / sum;
  }
}
