import { join } from 'node:path';
import { StarlingError } from '../contracts/errors.js';
import { unexpectedValue } from '../json/json-node.js';
import { isObject } from '../json/json-object.js';
import { addsBos } from '../model/bos.js';
import { READOUTS, type Readout } from '../model/files.js';
import type { KnownRepository } from '../model/known-models.js';
import type { TokenizerFacts } from '../model/tokenizer-facts.js';
import { CHAT_TEMPLATE } from '../template/templates.js';
import type { RewardTensors } from './reward-tensors.js';

/** Settings from flags of `convert`, which override the checkpoint's reward.json. */
export interface RewardOverrides {
  template?: string;
  /** A chat template in Jinja, in place of `template`. */
  templateFile?: string;
  readout?: Readout;
  maxLength?: number;
  system?: string;
  trim?: boolean;
  addBos?: boolean;
}

/** The part of a model folder's reward.json that says how texts are built and read. Keys are those of the file. */
export interface RewardSettings {
  template: string;
  system: string | null;
  trim: boolean;
  add_bos: boolean;
  readout: Readout;
  /** The padding id that the readout `last-token` skips at the end of a text, as the model's class does. */
  pad_id?: number;
  /** Ids of the readout `card`: the one that the class looks for, and the one that it pads texts with. */
  card?: CardIds;
  /** In tokens. */
  max_length: number;
  /** The number of tokens that the model has positions for. */
  max_positions: number;
  truncation_side: 'left';
  license?: string;
  trunk?: string;
}

interface CardIds {
  pad_id: number;
  fill_id: number;
}

/** Where settings come from. */
export interface SettingsSources {
  checkpoint: RewardTensors;
  overrides: RewardOverrides;
  known?: KnownRepository;
  tokenizer: TokenizerFacts;
}

/**
 * Settings by precedence: flags, the checkpoint's reward.json, facts about known repositories, the tokenizer. A template cannot be
 * guessed, so one of these must name it.
 * @throws StarlingError E_USAGE when a flag is missing or out of range, E_CHECKPOINT with the field of reward.json or config.json
 */
export function rewardSettings(sources: SettingsSources): RewardSettings {
  const { checkpoint, overrides, known, tokenizer } = sources;
  const { reward, folder } = checkpoint;
  const template = templateOf(sources);
  const readout = overrides.readout ?? readoutOf(reward.readout, folder) ?? known?.readout ?? 'last-token';
  const add_bos = addsBos({
    asked: overrides.addBos ?? optional(reward.add_bos, 'boolean', 'add_bos', folder),
    known: known?.addBos,
    tokenizer,
    template,
  });
  const max_positions = positionsOf(checkpoint, readout);
  return {
    template,
    system: overrides.system ?? optional(reward.system, 'string', 'system', folder) ?? null,
    trim: overrides.trim ?? optional(reward.trim, 'boolean', 'trim', folder) ?? false,
    add_bos,
    readout,
    pad_id: padOf(checkpoint),
    card: readout === 'card' ? cardIds(sources, add_bos) : undefined,
    max_length: lengthOf(sources, max_positions),
    max_positions,
    truncation_side: 'left',
    license: optional(reward.license, 'string', 'license', folder),
    trunk: optional(reward.trunk, 'string', 'trunk', folder),
  };
}

function templateOf({ checkpoint: { reward, folder }, overrides, known, tokenizer }: SettingsSources): string {
  const own = tokenizer.chatTemplate === undefined ? undefined : CHAT_TEMPLATE;
  const fromFile = overrides.templateFile === undefined ? undefined : CHAT_TEMPLATE;
  const fromReward = optional(reward.template, 'string', 'template', folder);
  const template = fromFile ?? overrides.template ?? fromReward ?? known?.template ?? own;
  if (template !== undefined) return template;
  const problem =
    'the template that the model was trained on is unknown: neither reward.json nor the tokenizer has one; expected "template" in reward.json, or --template';
  throw new StarlingError('E_USAGE', problem, { file: folder });
}

function readoutOf(value: unknown, folder: string): Readout | undefined {
  if (value === undefined) return undefined;
  const found = READOUTS.find((one) => one === value);
  if (found) return found;
  throw refused(READOUTS.join(' or '), value, 'readout', folder);
}

/** Only the *ForSequenceClassification of transformers skips padding, and its head is called `score`. */
function padOf({ reward, trunk, head, folder }: RewardTensors): number | undefined {
  const isConfigs = reward.pad_id === undefined && head === 'score';
  const pad = isConfigs ? trunk.classifierPad : (reward.pad_id ?? undefined);
  if (pad === undefined || isIdBelow(pad, trunk.vocabulary)) return pad;
  const [name, field] = isConfigs ? ['config.json', 'pad_token_id'] : ['reward.json', 'pad_id'];
  throw refused(`an id below ${trunk.vocabulary}, or null`, pad, field, folder, name);
}

function isIdBelow(id: unknown, vocabulary: number): id is number {
  return typeof id === 'number' && Number.isInteger(id) && id >= 0 && id < vocabulary;
}

/**
 * The readout `card` reads at the end of the padded text. A sliding window would hide the start of a shorter text from it, so the
 * smallest window bounds the length.
 */
function positionsOf({ trunk }: RewardTensors, readout: Readout): number {
  const windows = readout === 'card' ? trunk.windows.filter((window) => window !== null) : [];
  return Math.min(trunk.maxPositions, ...windows);
}

function lengthOf({ checkpoint: { reward, folder }, overrides, known }: SettingsSources, most: number): number {
  const fits = (length: unknown) =>
    typeof length === 'number' && Number.isInteger(length) && length >= 2 && length <= most;
  const expected = `2 to ${most} tokens`;
  if (most < 2) throw refused('at least 2', most, 'max_position_embeddings', folder, 'config.json');
  if (overrides.maxLength !== undefined && !fits(overrides.maxLength)) {
    const problem = `a maximum length of ${overrides.maxLength} does not fit the model; expected ${expected}`;
    throw new StarlingError('E_USAGE', problem, { file: folder });
  }
  const length = overrides.maxLength ?? reward.max_length ?? Math.min(known?.maxLength ?? 2048, most);
  if (fits(length)) return Number(length);
  throw refused(expected, length, 'max_length', folder);
}

/**
 * The ids that the card of Starling-RM-7B-alpha takes from the tokenizer. It pads with <unk>, and looks for the first id of the encoded
 * text `<unk>`. That id is BOS where the tokenizer adds BOS.
 */
function cardIds(
  { checkpoint: { reward, folder, trunk }, known, tokenizer }: SettingsSources,
  addBos: boolean,
): CardIds {
  const { bosId, unkId } = tokenizer;
  const fromTokenizer =
    unkId === undefined ? undefined : { pad_id: (addBos ? bosId : undefined) ?? unkId, fill_id: unkId };
  if (reward.card != null && !isObject(reward.card)) throw refused('an object', reward.card, 'card', folder);
  const { pad_id, fill_id } = isObject(reward.card) ? reward.card : (known?.card ?? fromTokenizer ?? {});
  if (isIdBelow(pad_id, trunk.vocabulary) && isIdBelow(fill_id, trunk.vocabulary)) return { pad_id, fill_id };
  const problem = `the readout card needs ids below ${trunk.vocabulary} to look for and to pad with, and the tokenizer has no <unk>; expected "card": { "pad_id", "fill_id" } in reward.json`;
  throw new StarlingError('E_CHECKPOINT', problem, { file: join(folder, 'reward.json'), field: 'card' });
}

function optional(value: unknown, type: 'string', field: string, folder: string): string | undefined;
function optional(value: unknown, type: 'boolean', field: string, folder: string): boolean | undefined;
function optional(value: unknown, type: string, field: string, folder: string): unknown {
  if (value === undefined || value === null) return undefined;
  if (typeof value === type) return value;
  throw refused(`a ${type}`, value, field, folder);
}

function refused(expected: string, found: unknown, field: string, folder: string, name = 'reward.json'): StarlingError {
  return unexpectedValue({ file: join(folder, name), code: 'E_CHECKPOINT' }, field, expected, found);
}
