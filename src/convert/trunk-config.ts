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
 * The most that each field may count: several times what the largest published models have. Tensors are held to the counts before
 * anything is made of them, but layers are listed and positions have no tensor.
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
  // What the runtime's attention can take.
  sliding_window: 2 ** 31 - 1,
} as const;

/** The shape of a trunk, from the checkpoint's config.json. */
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
  /** For each layer, how many tokens a token attends to, itself among them; `null` for all before it. */
  windows: readonly (number | null)[];
  /** `pad_token_id` of a *ForSequenceClassification of transformers, which finds the end of a text by it. */
  classifierPad?: number;
}

/**
 * Reads the shape of a trunk from what config.json holds.
 * @throws StarlingError E_CHECKPOINT naming the field
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
  const problem = `model_type is ${shownJson(config.model_type)}; ${known} can be converted. What another tool exports to ONNX (optimum-cli export onnx) scores as it is`;
  throw new StarlingError('E_CHECKPOINT', problem, { file, field: 'model_type' });
}

function classifierPad(config: ConfigFields): number | undefined {
  const classes = config.value('architectures');
  const pad = config.value('pad_token_id');
  if (!Array.isArray(classes) || !/ForSequenceClassification$/.test(String(classes[0]))) return undefined;
  return typeof pad === 'number' ? pad : undefined;
}

/** Newer configs list what each layer does; before that a Qwen's layers from `max_window_layers` on had the window. */
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

/** The attention kernel wants whole groups of heads, and a head size of whole vectors. Source: onnxruntime, group_query_attention_helper.h. */
function checkedHeads(trunk: TrunkConfig, file: string): TrunkConfig {
  if (trunk.heads % trunk.kvHeads !== 0) {
    throw new StarlingError(
      'E_CHECKPOINT',
      `${trunk.heads} heads are not a multiple of ${trunk.kvHeads} key/value heads`,
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
