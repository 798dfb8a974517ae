import { readFileSync } from 'node:fs';
import { copyFile, mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Turn } from '../../src/contracts/row.js';
import { ROOT } from '../root.js';
import { safetensors, type Tensors } from './tiny-checkpoint.js';

/** A checkpoint that test/oracles/families.py wrote. */
export interface FamilyOracle {
  family: string;
  config: Record<string, unknown>;
  /** Shapes by name. */
  tensors: Record<string, number[]>;
  /** Id lists, from one id to the maximum length. */
  ids: number[][];
  /** PyTorch's rewards of `ids`. */
  last_token: number[];
  /** Rewards by maximum length; absent where a window changes the readout `card`. */
  card?: Record<string, number[]>;
  /** Rewards with two `pad_id` after the ids, where transformers has a class that skips padding. */
  before_pads?: number[];
  pad_id?: number;
}

/** Rewards of rows of text, computed by the class of a card. */
export interface StarlingOracle {
  case: string;
  family: string;
  template: string;
  add_bos: boolean;
  pad_id: number;
  fill_id: number;
  /** Rewards by maximum length, row and answer. */
  scores: Record<string, number[][]>;
}

interface Oracle {
  families: FamilyOracle[];
  rows: { prompt: string; answers: string[] }[];
  starlings: StarlingOracle[];
  conversations: Turn[][];
  chat_templates: { name: string; template: string; texts: ChatText[] }[];
}

/** The text that transformers rendered from a conversation, or the template's own error message. */
type ChatText = { text: string; ids: number[] } | { refused: string };

const ORACLES = join(ROOT, 'test/oracles');
export const oracle: Oracle = JSON.parse(readFileSync(join(ORACLES, 'families.json'), 'utf8'));

export function familyOracle(name: string): FamilyOracle {
  const found = oracle.families.find(({ family }) => family === name);
  if (!found) throw new Error(`no oracle of ${name}`);
  return found;
}

/** The weights of families.py, which follow from the names of the tensors. */
export function weightsOf({ tensors }: FamilyOracle): Tensors {
  return new Map(Object.entries(tensors).map(([name, shape]) => [name, { shape, values: weights(name, shape) }]));
}

function weights(name: string, shape: readonly number[]): Float32Array {
  const start = fnv1a(name);
  const asItsKind = kindOf(name, shape);
  return Float32Array.from({ length: shape.reduce((a, b) => a * b, 1) }, (_, i) =>
    asItsKind((mixed(Math.imul(i, 0x9e3779b9) ^ start) >>> 24) - 128),
  );
}

function kindOf(name: string, shape: readonly number[]): (step: number) => number {
  if (name.endsWith('norm.weight')) return (step) => 1 + (step >> 1) / 128;
  if (name.endsWith('.bias')) return (step) => step / 256;
  const isWide = name.endsWith('embed_tokens.weight') || (shape.length === 2 && shape[0] === 1);
  return (step) => step / (isWide ? 128 : 512);
}

function mixed(x: number): number {
  let mixing = Math.imul(x ^ (x >>> 16), 0x85ebca6b);
  mixing = Math.imul(mixing ^ (mixing >>> 13), 0xc2b2ae35);
  return mixing ^ (mixing >>> 16);
}

function fnv1a(text: string): number {
  let value = 0x811c9dc5;
  for (const byte of Buffer.from(text)) value = Math.imul(value ^ byte, 0x01000193);
  return value;
}

/** The tokenizer of the oracle, with optional additions to its config. */
export async function writeFamilyTokenizer(folder: string, config: object = {}): Promise<string> {
  await mkdir(folder, { recursive: true });
  await copyFile(join(ORACLES, 'families-tokenizer.json'), join(folder, 'tokenizer.json'));
  const tokens = { bos_token: '<s>', eos_token: '</s>', unk_token: '<unk>', pad_token: '<unk>' };
  await writeFile(join(folder, 'tokenizer_config.json'), JSON.stringify({ ...tokens, ...config }));
  return folder;
}

/** Writes a checkpoint folder with the oracle's config and tokenizer, and by default its tensors. */
export async function writeFamily(
  folder: string,
  family: FamilyOracle,
  reward: object,
  tensors = weightsOf(family),
): Promise<string> {
  await writeFamilyTokenizer(folder);
  await writeFile(join(folder, 'config.json'), JSON.stringify(family.config));
  await writeFile(join(folder, 'reward.json'), JSON.stringify(reward));
  await writeFile(join(folder, 'model.safetensors'), safetensors(tensors));
  return folder;
}
