import { StarlingError } from '../errors.js';
import { isObject } from './json-file.js';

/** How tokens are turned to their positions. */
export interface Rope {
  theta: number;
  /** Llama 3's stretching of the slow frequencies; absent if there is none. */
  llama3?: Llama3Rope;
}

interface Llama3Rope {
  factor: number;
  lowFreqFactor: number;
  highFreqFactor: number;
  originalPositions: number;
}

const FIELDS = ['factor', 'low_freq_factor', 'high_freq_factor', 'original_max_position_embeddings'];
const NEWER = 'rope_parameters';
const OLDER = 'rope_scaling';

/**
 * transformers 5 writes `rope_parameters` with all of it, earlier ones `rope_theta` and `rope_scaling`.
 * @param types values of `rope_type` that the family has
 * @throws StarlingError E_CHECKPOINT naming the field, for any kind of positions that is not known to the last field
 */
export function ropeOf(config: Record<string, unknown>, types: readonly string[], file: string): Rope {
  const field = config[NEWER] == null && config[OLDER] != null ? OLDER : NEWER;
  const given = config[field] ?? {};
  const fail = (expected: string) => {
    const problem = `${JSON.stringify(given)} cannot be converted; only ${expected} can`;
    return new StarlingError('E_CHECKPOINT', problem, { file, field });
  };
  if (!isObject(given)) throw fail('an object');
  if (config[NEWER] != null && config[OLDER] != null) throw fail(`one of ${NEWER} and ${OLDER}`);
  const { rope_type, type = 'default', rope_theta = config.rope_theta ?? 10000, ...others } = given;
  const kind = rope_type ?? type;
  if ((config.rope_theta ?? rope_theta) !== rope_theta) throw fail('positions with one rope_theta');
  if (typeof kind !== 'string' || !types.includes(kind)) throw fail(`rope_type ${types.join(' or ')}`);
  const fields = kind === 'llama3' ? FIELDS : [];
  if (Object.keys(others).sort().join() !== [...fields].sort().join())
    throw fail(`rope_type "${kind}" with ${['rope_theta', ...fields].join(', ')}`);
  const [theta, factor = 0, lowFreqFactor = 0, highFreqFactor = 0, originalPositions = 0] = [
    rope_theta,
    ...fields.map((name) => others[name]),
  ].map((value) => {
    if (typeof value === 'number' && Number.isFinite(value) && value > 0) return value;
    throw fail('positive numbers');
  });
  return kind === 'llama3'
    ? { theta, llama3: { factor, lowFreqFactor, highFreqFactor, originalPositions } }
    : { theta };
}

/**
 * cos and sin of position * frequency, each [positions, headDim / 2]; frequencies and angles in float32, as PyTorch computes them.
 * Source: rotary positions, arXiv 2104.09864.
 */
export function rotaryTables(rope: Rope, headDim: number, positions: number) {
  const half = headDim / 2;
  const frequencies = Float32Array.from({ length: half }, (_, i) => frequency(rope, Math.fround((2 * i) / headDim)));
  const angle = (k: number) => Math.fround(Math.floor(k / half) * frequencies[k % half]);
  return {
    cos: Float32Array.from({ length: positions * half }, (_, k) => Math.cos(angle(k))),
    sin: Float32Array.from({ length: positions * half }, (_, k) => Math.sin(angle(k))),
  };
}

/** 1 / theta^exponent, for Llama 3 divided by `factor` where the wave is long against the text it was first trained on. */
function frequency({ theta, llama3 }: Rope, exponent: number): number {
  const plain = Math.fround(1 / Math.fround(theta ** exponent));
  if (llama3 === undefined) return plain;
  const { factor, lowFreqFactor, highFreqFactor, originalPositions } = llama3;
  // Waves in the original text: below `lowFreqFactor` slow, above `highFreqFactor` as they were, between them a mixture.
  const waves = originalPositions / Math.fround(Math.fround(2 * Math.PI) / plain);
  const share = Math.min(1, Math.max(0, (waves - lowFreqFactor) / (highFreqFactor - lowFreqFactor)));
  return (1 - share) * (plain / factor) + share * plain;
}
