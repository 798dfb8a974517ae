import { StarlingError } from '../../contracts/errors.js';
import { isObject } from '../../json/json-object.js';
import { shownJson } from '../../json/json-text.js';

/** Parameters of the rotary position embedding. */
export interface Rope {
  theta: number;
  /** Llama 3's scaling of the low frequencies, if any. */
  llama3?: Llama3Rope;
}

interface Llama3Rope {
  factor: number;
  lowFreqFactor: number;
  highFreqFactor: number;
  originalPositions: number;
}

/** Four times the positions of the longest published models. At a head size of 128 each rotary table then takes 1 GB. */
export const MOST_POSITIONS = 2 ** 22;

/** Above these values frequencies are 0 or NaN in float32. */
const MOST_THETA = 1e30;
const MOST_FACTOR = 1e6;

/** Positions in each part of a rotary table. */
const POSITIONS_AT_ONCE = 2 ** 12;

const FIELDS = ['factor', 'low_freq_factor', 'high_freq_factor', 'original_max_position_embeddings'];
const NEWER = 'rope_parameters';
const OLDER = 'rope_scaling';

/**
 * Reads the rotary parameters of a config.json. transformers 5 writes them all into `rope_parameters`; earlier versions write `rope_theta`
 * and `rope_scaling`.
 * @param types values of `rope_type` that the family supports
 * @throws StarlingError E_CHECKPOINT with the field, when a type is not supported, or a parameter is unknown, missing or out of range
 */
export function ropeOf(config: Record<string, unknown>, types: readonly string[], file: string): Rope {
  const field = config[NEWER] == null && config[OLDER] != null ? OLDER : NEWER;
  const given = config[field] ?? {};
  const fail = (expected: string) => {
    const problem = `${shownJson(given)} cannot be converted; only ${expected} can`;
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
  const theta = numberIn(rope_theta, 1, MOST_THETA);
  if (theta === undefined) {
    const problem = `expected a number from 1 to ${MOST_THETA}, found ${shownJson(rope_theta)}`;
    throw new StarlingError('E_CHECKPOINT', problem, { file, field: 'rope_theta' });
  }
  if (kind !== 'llama3') return { theta };
  const llama3 = llama3Of(others);
  if (llama3 === undefined)
    throw fail(
      `a factor from 1 to ${MOST_FACTOR}, low_freq_factor above 0 and below high_freq_factor, and a number of original positions`,
    );
  return { theta, llama3 };
}

function llama3Of(given: Record<string, unknown>): Llama3Rope | undefined {
  const factor = numberIn(given.factor, 1, MOST_FACTOR);
  const highFreqFactor = numberIn(given.high_freq_factor, 0, MOST_FACTOR);
  const lowFreqFactor = numberIn(given.low_freq_factor, 0, MOST_FACTOR);
  const originalPositions = numberIn(given.original_max_position_embeddings, 1, MOST_POSITIONS);
  if (factor === undefined || originalPositions === undefined || !Number.isInteger(originalPositions)) return undefined;
  if (!lowFreqFactor || highFreqFactor === undefined || highFreqFactor <= lowFreqFactor) return undefined;
  return { factor, lowFreqFactor, highFreqFactor, originalPositions };
}

function numberIn(value: unknown, least: number, most: number): number | undefined {
  return typeof value === 'number' && value >= least && value <= most ? value : undefined;
}

/**
 * cos and sin of position * frequency, each [positions, headDim / 2], generated in parts of whole rows. Frequencies and angles are float32,
 * as in PyTorch.
 * Source: rotary positions, arXiv 2104.09864.
 */
export function rotaryTables(rope: Rope, headDim: number, positions: number) {
  return { cos: rotaryTable(rope, headDim, positions, Math.cos), sin: rotaryTable(rope, headDim, positions, Math.sin) };
}

function* rotaryTable(
  rope: Rope,
  headDim: number,
  positions: number,
  of: (angle: number) => number,
): Generator<Float32Array> {
  const half = headDim / 2;
  const frequencies = Float32Array.from({ length: half }, (_, i) => frequency(rope, Math.fround((2 * i) / headDim)));
  for (let first = 0; first < positions; first += POSITIONS_AT_ONCE) {
    const length = Math.min(POSITIONS_AT_ONCE, positions - first) * half;
    const angle = (k: number) => Math.fround((first + Math.floor(k / half)) * frequencies[k % half]);
    yield Float32Array.from({ length }, (_, k) => of(angle(k)));
  }
}

/** 1 / theta^exponent. Llama 3 divides it by `factor` where the wavelength is long against the original number of positions. */
function frequency({ theta, llama3 }: Rope, exponent: number): number {
  const plain = Math.fround(1 / Math.fround(theta ** exponent));
  if (llama3 === undefined) return plain;
  const { factor, lowFreqFactor, highFreqFactor, originalPositions } = llama3;
  // Wavelengths in the original positions. Below `lowFreqFactor` the frequency is scaled, above `highFreqFactor` unchanged, between
  // interpolated.
  const waves = originalPositions / Math.fround(Math.fround(2 * Math.PI) / plain);
  const share = Math.min(1, Math.max(0, (waves - lowFreqFactor) / (highFreqFactor - lowFreqFactor)));
  return (1 - share) * (plain / factor) + share * plain;
}
