import { StarlingError } from '../contracts/errors.js';
import { JsonNode, unexpectedValue } from '../json/json-node.js';
import { shownJson } from '../json/json-text.js';
import type { Family, Linear } from './families/family.js';
import { llama } from './families/llama.js';
import { mistral } from './families/mistral.js';
import { qwen2 } from './families/qwen2.js';
import { qwen3 } from './families/qwen3.js';
import { MOST_POSITIONS, type Rope, ropeOf } from './graph/rope.js';

const FAMILIES: readonly Family[] = [llama, mistral, qwen2, qwen3];

/**
 * The largest accepted value of each field, several times that of the largest published models. Shapes of tensors check most fields, but
 * the list of layers and the rotary tables are allocated before any tensor is seen.
 */
const MOST = {
  num_hidden_layers: 2 ** 10,
  hidden_size: 2 ** 17,
  num_attention_heads: 2 ** 12,
  num_key_value_heads: 2 ** 12,
  head_dim: 2 ** 12,
  intermediate_size: 2 ** 20,
  vocab_size: 2 ** 24,
  max_position_embeddings: MOST_POSITIONS,
  // The largest window that the runtime's attention accepts.
  sliding_window: 2 ** 31 - 1,
} as const;

/** The shape of a trunk (the backbone under the reward head), from config.json. */
export interface TrunkConfig {
  family: Family;
  layers: number;
  width: number;
  heads: number;
  kvHeads: number;
  headDim: number;
  feedForward: number;
  vocabulary: number;
  maxPositions: number;
  rope: Rope;
  normEpsilon: number;
  /** Linear layers that have a bias. */
  biased: ReadonlySet<Linear>;
  /** The attention window of each layer in tokens, the token itself included; `null` for full causal attention. */
  windows: readonly (number | null)[];
  /** `pad_token_id` of a *ForSequenceClassification of transformers, which marks the end of a text. */
  classifierPad?: number;
}

/**
 * Reads the shape of a trunk from the fields of config.json.
 * @throws StarlingError E_CHECKPOINT with the field
 */
export function trunkConfig(given: Record<string, unknown>, file: string): TrunkConfig {
  const family = familyOf(given, file);
  const config = new ConfigFields({ ...family.defaults, ...given }, file);
  for (const [field, only] of Object.entries(family.only)) config.only(field, only);
  const width = config.count('hidden_size');
  const heads = config.count('num_attention_heads');
  const layers = config.count('num_hidden_layers');
  const trunk = {
    family,
    layers,
    width,
    heads,
    kvHeads: config.count('num_key_value_heads', heads),
    headDim: config.count('head_dim', width / heads),
    feedForward: config.count('intermediate_size'),
    vocabulary: config.count('vocab_size'),
    maxPositions: config.count('max_position_embeddings'),
    rope: ropeOf(given, family.ropeTypes, file),
    normEpsilon: config.fraction('rms_norm_eps'),
    biased: new Set(family.biases.filter(({ where }) => where === true || config.flag(where)).flatMap(({ of }) => of)),
    windows: windowsOf(family, config, layers),
    classifierPad: classifierPad(config),
  };
  return checkedHeads(trunk, file);
}

function familyOf(config: Record<string, unknown>, file: string): Family {
  const found = FAMILIES.find(({ modelType }) => modelType === config.model_type);
  if (found) return found;
  const known = FAMILIES.map(({ modelType }) => `"${modelType}"`).join(', ');
  const problem = `model_type is ${shownJson(config.model_type)}; expected ${known}. A model of another type can be scored after an export to ONNX (optimum-cli export onnx)`;
  throw new StarlingError('E_CHECKPOINT', problem, { file, field: 'model_type' });
}

function classifierPad(config: ConfigFields): number | undefined {
  const classes = config.value('architectures');
  const pad = config.value('pad_token_id');
  if (!Array.isArray(classes) || !/ForSequenceClassification$/.test(String(classes[0]))) return undefined;
  return typeof pad === 'number' ? pad : undefined;
}

/** Newer configs list the type of each layer. In older Qwen configs the layers from `max_window_layers` on have the window. */
function windowsOf({ window }: Family, config: ConfigFields, layers: number): (number | null)[] {
  const size = window === 'none' || config.value('sliding_window') == null ? null : config.count('sliding_window');
  if (window !== 'listed') return Array.from({ length: layers }, () => size);
  const listed = config.value('layer_types');
  const slides = config.flag('use_sliding_window') && size !== null;
  const types = Array.isArray(listed)
    ? listed
    : Array.from({ length: layers }, (_, layer) =>
        slides && layer >= config.number('max_window_layers') ? 'sliding_attention' : 'full_attention',
      );
  const known =
    types.length === layers &&
    types.every((type) => type === 'full_attention' || (slides && type === 'sliding_attention'));
  if (!known)
    config.refuse('layer_types', `${layers} times full_attention, or sliding_attention with use_sliding_window`);
  return types.map((type) => (type === 'full_attention' ? null : size));
}

/** Fields of config.json, checked where they are read. */
class ConfigFields {
  readonly #config: JsonNode;

  constructor(config: Readonly<Record<string, unknown>>, file: string) {
    this.#config = new JsonNode({ file, code: 'E_CHECKPOINT' }, '', config);
  }

  value(field: string): unknown {
    return this.#config.at(field).value;
  }

  only(field: string, only: unknown): void {
    const value = this.value(field) ?? only;
    if (value === only) return;
    const { file, code } = this.#config.source;
    throw new StarlingError(code, `${field} ${shownJson(value)} cannot be converted; only ${only} can`, {
      file,
      field,
    });
  }

  flag(field: string): boolean {
    return this.#config.at(field).flag();
  }

  number(field: string): number {
    const value = this.#config.at(field).number();
    return Number.isFinite(value) ? value : this.refuse(field, 'a number');
  }

  fraction(field: string): number {
    const value = this.number(field);
    return value > 0 && value < 1 ? value : this.refuse(field, 'a number between 0 and 1');
  }

  count(field: keyof typeof MOST, otherwise?: number): number {
    const value = this.value(field) ?? otherwise;
    if (typeof value !== 'number' || !Number.isFinite(value) || value <= 0) this.refuse(field, 'a positive number');
    if (!Number.isInteger(value)) this.refuse(field, 'a whole number', value);
    if (value > MOST[field]) this.refuse(field, `at most ${MOST[field]}`, value);
    return value;
  }

  /** @throws StarlingError E_CHECKPOINT */
  refuse(field: string, expected: string, found = this.value(field)): never {
    throw unexpectedValue(this.#config.source, field, expected, found);
  }
}

/**
 * The attention kernel needs a number of heads that the key/value heads divide, and a head size that is a multiple of 16.
 * Source: onnxruntime, group_query_attention_helper.h.
 */
function checkedHeads(trunk: TrunkConfig, file: string): TrunkConfig {
  if (trunk.heads % trunk.kvHeads !== 0) {
    throw new StarlingError(
      'E_CHECKPOINT',
      `${trunk.heads} heads are not a multiple of ${trunk.kvHeads} key/value heads; expected a number that divides the heads`,
      { file, field: 'num_key_value_heads' },
    );
  }
  if (trunk.headDim % 16 !== 0) {
    throw new StarlingError(
      'E_CHECKPOINT',
      `a head size of ${trunk.headDim} cannot be converted; it must be a multiple of 16`,
      { file, field: 'head_dim' },
    );
  }
  return trunk;
}
