import { StarlingError } from '../contracts/errors.js';
import type { Checkpoint } from './checkpoint.js';
import type { Family } from './families/family.js';
import { HEADS, LANGUAGE_MODEL_HEADS, TRUNK_AGAIN, TRUNKS } from './graph/heads.js';

/** A checkpoint whose tensors go by the names that the graph uses, independent of the names in the weight files. */
export interface RewardTensors extends Checkpoint {
  /** The name of the head's layer. */
  head: string;
  /** Whether the head has a bias. */
  headBias: boolean;
}

/**
 * Maps the names of the graph to those of the checkpoint. The names of the graph are `embed_tokens.weight`, `layers.N.PART.weight` and
 * `.bias` with the parts of `Family`, `norm.weight`, `head.weight`, `head.bias`.
 * @throws StarlingError E_CHECKPOINT when there is no trunk, no head or more than one head
 */
export function rewardTensors(checkpoint: Checkpoint): RewardTensors {
  const names = new Set(checkpoint.names);
  const { family } = checkpoint.trunk;
  const prefix = TRUNKS.find((one) => names.has(`${one}embed_tokens.weight`));
  if (prefix === undefined)
    throw missing(
      'trunk',
      TRUNKS.map((one) => `${one}embed_tokens.weight`),
      checkpoint,
    );
  const head = headOf(names, checkpoint);
  const keyOf = (name: string) => {
    if (name.startsWith('head.')) return head + name.slice('head'.length);
    return prefix + nameInTrunk(family, name);
  };
  const isAgain = (name: string) =>
    prefix !== TRUNK_AGAIN && name.startsWith(TRUNK_AGAIN) && names.has(prefix + name.slice(TRUNK_AGAIN.length));
  const isHarmless = (name: string) =>
    LANGUAGE_MODEL_HEADS.includes(name) || isBuffer(name, prefix, family) || isAgain(name);
  return {
    ...checkpoint,
    head,
    headBias: names.has(`${head}.bias`),
    vector: (name, shape) => checkpoint.vector(keyOf(name), shape),
    matrix: (name, rows, columns) => checkpoint.matrix(keyOf(name), rows, columns),
    stored: (name, shape) => checkpoint.stored(keyOf(name), shape),
    unused: () => checkpoint.unused().filter((name) => !isHarmless(name)),
  };
}

function headOf(names: ReadonlySet<string>, checkpoint: Checkpoint): string {
  refuseGated(names, checkpoint);
  const [head, other] = HEADS.filter((one) => names.has(`${one}.weight`));
  if (head === undefined)
    throw missing(
      'reward head',
      HEADS.map((one) => `${one}.weight`),
      checkpoint,
    );
  if (other === undefined) return head;
  const problem = `there are two reward heads, ${head}.weight and ${other}.weight; expected one`;
  throw new StarlingError('E_CHECKPOINT', problem, { file: checkpoint.folder });
}

/** The name that transformers gives a tensor of the trunk, without the trunk's prefix. @param name of the graph */
export function nameInTrunk({ parts }: Family, name: string): string {
  const [, layer, part, kind] = /^(layers\.\d+\.)(\w+)(\.\w+)$/.exec(name) ?? [];
  return layer === undefined ? name : layer + parts[part as keyof Family['parts']] + kind;
}

/**
 * Refuses ArmoRM, QRM and their kin, whose reward is a sum of several outputs with weights that depend on the prompt.
 * Source: modeling_custom.py of RLHFlow/ArmoRM-Llama3-8B-v0.1.
 */
function refuseGated(names: ReadonlySet<string>, { folder, names: [...all] }: Checkpoint): void {
  const gate = all.find((name) => name.startsWith('gating.'));
  if (gate === undefined || !names.has('regression_layer.weight')) return;
  const problem = `the head is gated: it adds up several outputs of regression_layer by weights that ${gate.split('.')[0]} computes from the prompt; expected a head of one output`;
  const remedy = 'export the model to ONNX with its own class, with one logit, and score that folder as it is';
  throw new StarlingError('E_CHECKPOINT', `${problem}; ${remedy}`, { file: folder });
}

function isBuffer(name: string, prefix: string, { harmless }: Family): boolean {
  return name.startsWith(prefix) && harmless.includes(name.slice(prefix.length).replace(/^layers\.\d+\./, 'layers.*.'));
}

function missing(what: string, expected: readonly string[], { folder }: Checkpoint): StarlingError {
  return new StarlingError('E_CHECKPOINT', `there is no ${what}; expected a tensor ${expected.join(' or ')}`, {
    file: folder,
  });
}
