import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { MODEL } from '../root.js';

/** The shape of the embedded model's trunk. */
export interface Trunk {
  layers: number;
  width: number;
  heads: number;
  kvHeads: number;
  headDim: number;
  feedForward: number;
  vocabulary: number;
  maxPositions: number;
  ropeTheta: number;
  normEpsilon: number;
}

/** Reads it from config.json, which has all values. */
export function embeddedTrunk(): Trunk {
  const config: Record<string, number> = JSON.parse(readFileSync(join(MODEL, 'config.json'), 'utf8'));
  return {
    layers: config.num_hidden_layers,
    width: config.hidden_size,
    heads: config.num_attention_heads,
    kvHeads: config.num_key_value_heads,
    headDim: config.head_dim,
    feedForward: config.intermediate_size,
    vocabulary: config.vocab_size,
    maxPositions: config.max_position_embeddings,
    ropeTheta: config.rope_theta,
    normEpsilon: config.rms_norm_eps,
  };
}
