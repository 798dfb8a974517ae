import type { Shape, Tensors } from './tiny-checkpoint.js';

type Vector = number[];

/**
 * The expected reward of one id list: a plain implementation in double precision, without a cache.
 * Llama 2 (arXiv 2307.09288): pre-norm layers, rotary positions in halves, grouped-query attention, SwiGLU. The head reads the last token.
 */
export function plainReward(tensors: Tensors, shape: Shape, ids: readonly number[]): number {
  const weight = (name: string) => tensors.get(name)?.values ?? new Float32Array();
  const row = (name: string, index: number, width: number) => [
    ...weight(name).subarray(index * width, (index + 1) * width),
  ];
  let stream = ids.map((id) => row('transformer.embed_tokens.weight', id, shape.width));
  for (let layer = 0; layer < shape.layers; layer++) {
    const key = `transformer.layers.${layer}`;
    const linear = (name: string, x: Vector) => multiply(weight(`${key}.${name}.weight`), x);
    const normed = stream.map((x) => rmsNorm(x, weight(`${key}.input_layernorm.weight`)));
    const attended = attention(
      normed.map((x, t) => rotated(linear('self_attn.q_proj', x), t, shape.headDim)),
      normed.map((x, t) => rotated(linear('self_attn.k_proj', x), t, shape.headDim)),
      normed.map((x) => linear('self_attn.v_proj', x)),
      shape,
    );
    stream = stream.map((x, t) => sum(x, linear('self_attn.o_proj', attended[t])));
    stream = stream.map((x) => {
      const inner = rmsNorm(x, weight(`${key}.post_attention_layernorm.weight`));
      const gate = linear('mlp.gate_proj', inner);
      const up = linear('mlp.up_proj', inner);
      return sum(
        x,
        linear(
          'mlp.down_proj',
          gate.map((g, i) => (g / (1 + Math.exp(-g))) * up[i]),
        ),
      );
    });
  }
  const last = rmsNorm(stream[stream.length - 1], weight('transformer.norm.weight'));
  return multiply(weight('v_head.weight'), last)[0];
}

function attention(queries: Vector[], keys: Vector[], values: Vector[], { heads, kvHeads, headDim }: Shape): Vector[] {
  return queries.map((query, t) => {
    const out: Vector = [];
    for (let head = 0; head < heads; head++) {
      const own = part(query, head, headDim);
      const group = Math.floor(head / (heads / kvHeads));
      const logits = keys.slice(0, t + 1).map((key) => dot(own, part(key, group, headDim)) / Math.sqrt(headDim));
      const largest = Math.max(...logits);
      const weights = logits.map((logit) => Math.exp(logit - largest));
      const total = weights.reduce((a, b) => a + b);
      for (let i = 0; i < headDim; i++) {
        out.push(weights.reduce((acc, w, s) => acc + (w / total) * values[s][group * headDim + i], 0));
      }
    }
    return out;
  });
}

function rotated(heads: Vector, position: number, headDim: number): Vector {
  const half = headDim / 2;
  return heads.map((value, index) => {
    const i = index % headDim;
    const angle = position * 10000 ** (-(2 * (i % half)) / headDim);
    const partner = i < half ? -heads[index + half] : heads[index - half];
    return value * Math.cos(angle) + partner * Math.sin(angle);
  });
}

function rmsNorm(x: Vector, gain: Float32Array): Vector {
  const scale = 1 / Math.sqrt(dot(x, x) / x.length + 1e-5);
  return x.map((value, i) => value * scale * gain[i]);
}

function multiply(matrix: Float32Array, x: Vector): Vector {
  return Array.from({ length: matrix.length / x.length }, (_, row) =>
    x.reduce((acc, value, i) => acc + matrix[row * x.length + i] * value, 0),
  );
}

function part(heads: Vector, head: number, headDim: number): Vector {
  return heads.slice(head * headDim, (head + 1) * headDim);
}

function dot(a: Vector, b: Vector): number {
  return a.reduce((acc, value, i) => acc + value * b[i], 0);
}

function sum(a: Vector, b: Vector): Vector {
  return a.map((value, i) => value + b[i]);
}
