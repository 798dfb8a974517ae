import { StarlingError } from '../errors.js';
import { isObject } from './json-file.js';

/** The shape of a Llama trunk, from the checkpoint's config.json. */
export interface TrunkConfig {
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

/**
 * Reads the shape of a trunk from what config.json holds.
 * @throws StarlingError E_CHECKPOINT naming the field
 */
export function trunkConfig(config: Record<string, unknown>, file: string): TrunkConfig {
  if (config.model_type !== 'llama') {
    throw new StarlingError(
      'E_CHECKPOINT',
      `model_type is ${JSON.stringify(config.model_type)}; "llama" can be converted`,
      { file },
    );
  }
  for (const [field, only] of [
    ['hidden_act', 'silu'],
    ['attention_bias', false],
    ['mlp_bias', false],
    ['rope_scaling', null],
    ['partial_rotary_factor', 1],
  ] as const) {
    const value = config[field] ?? only;
    if (value !== only)
      throw new StarlingError(
        'E_CHECKPOINT',
        `${field} ${JSON.stringify(value)} cannot be converted; only ${only} can`,
        { file, field },
      );
  }
  const number = (field: string, otherwise?: number) => positive(config[field] ?? otherwise, field, file);
  const count = (field: string, otherwise?: number) => whole(number(field, otherwise), field, file);
  const width = count('hidden_size');
  const heads = count('num_attention_heads');
  const trunk = {
    layers: count('num_hidden_layers'),
    width,
    heads,
    kvHeads: count('num_key_value_heads', heads),
    headDim: count('head_dim', width / heads),
    feedForward: count('intermediate_size'),
    vocabulary: count('vocab_size'),
    maxPositions: count('max_position_embeddings'),
    ropeTheta: ropeTheta(config, file),
    normEpsilon: number('rms_norm_eps'),
  };
  return checkedHeads(trunk, file);
}

/** transformers 5 writes `rope_parameters`, earlier ones `rope_theta`; a scaled kind of positions is refused. */
function ropeTheta(config: Record<string, unknown>, file: string): number {
  const given = config.rope_parameters ?? {};
  const {
    rope_type: type = 'default',
    rope_theta: inner = config.rope_theta,
    ...others
  } = isObject(given) ? given : {};
  const isPlain = isObject(given) && type === 'default' && Object.keys(others).length === 0;
  if (!isPlain || (config.rope_theta ?? inner) !== inner) {
    const problem = `${JSON.stringify(given)} cannot be converted; only rope_type "default" with one rope_theta can`;
    throw new StarlingError('E_CHECKPOINT', problem, { file, field: 'rope_parameters' });
  }
  return positive(inner ?? 10000, 'rope_theta', file);
}

function whole(value: number, field: string, file: string): number {
  if (Number.isSafeInteger(value)) return value;
  throw new StarlingError('E_CHECKPOINT', `expected a whole number, found ${value}`, { file, field });
}

function positive(value: unknown, field: string, file: string): number {
  if (typeof value === 'number' && Number.isFinite(value) && value > 0) return value;
  throw new StarlingError('E_CHECKPOINT', `expected a positive number, found ${JSON.stringify(value)}`, {
    file,
    field,
  });
}

/** The attention kernel wants whole groups of heads, and a head size of whole vectors. Source: onnxruntime, group_query_attention_helper.h. */
function checkedHeads(trunk: TrunkConfig, file: string): TrunkConfig {
  if (trunk.heads % trunk.kvHeads !== 0) {
    throw new StarlingError(
      'E_CHECKPOINT',
      `${trunk.heads} heads are not a multiple of ${trunk.kvHeads} key/value heads`,
      { file },
    );
  }
  if (trunk.headDim % 16 !== 0) {
    throw new StarlingError(
      'E_CHECKPOINT',
      `a head size of ${trunk.headDim} cannot be converted; it must be a multiple of 16`,
      { file },
    );
  }
  return trunk;
}
