import { chmod, copyFile, stat } from 'node:fs/promises';
import { basename, join, resolve } from 'node:path';
import { StarlingError, stoppedBy } from '../contracts/errors.js';
import { CHAT_TEMPLATE_FILE, COMMON_FILES, sha256 } from '../model/files.js';
import { knownRepository } from '../model/known-models.js';
import { checkIds, type TokenizerFacts, tokenizerFacts } from '../model/tokenizer-facts.js';
import { type Checkpoint, openCheckpoint } from './checkpoint.js';
import type { FolderLock } from './folder-draft.js';
import { OnnxGraph } from './graph/onnx-graph.js';
import { buildRewardGraph } from './graph/reward-graph.js';
import { fp32Arithmetic } from './quantize/fp32.js';
import { changedAsRead } from './quantize/matrix.js';
import { type RewardOverrides, type RewardSettings, rewardSettings } from './reward-settings.js';
import { type RewardTensors, rewardTensors } from './reward-tensors.js';
import { unwritten } from './weight-file.js';

/** What every conversion takes, whatever it makes of the checkpoint. */
export interface ConversionOptions {
  checkpoint: string;
  /** The hub repository that the checkpoint comes from. Without it, the name of the folder identifies the checkpoint. */
  repository?: { name: string; commit: string };
  folder: string;
  overrides: RewardOverrides;
  /** Called with a readable name of each file before it is written. */
  onStep?: (what: string) => void;
  /** Checks, before anything is written, that texts can be built with these settings. Throws if not. */
  checkText?: (settings: RewardSettings) => Promise<void>;
  /** Stops the conversion and removes everything written so far. */
  interrupted?: AbortSignal;
  /** Locks the folder against other processes with a file at this path. Without it, the caller must exclude them. */
  lock?: (path: string) => Promise<FolderLock>;
}

/** A checkpoint with its settings, of which all tensors are there and nothing is left over. */
export interface OpenConversion {
  checkpoint: RewardTensors;
  settings: RewardSettings;
  tokenizer: TokenizerFacts;
  /** What the conversion was made of, for reward.json. */
  source: { checkpoint: string; files: Record<string, string> };
}

/**
 * Opens and checks a checkpoint, and passes it to `work`.
 * @param refuse throws for settings that the conversion cannot keep
 * @throws StarlingError E_NO_INPUT, E_USAGE, E_CHECKPOINT, or that of `stoppedBy` when `interrupted` is aborted
 */
export async function withConversion(
  options: ConversionOptions,
  work: (conversion: OpenConversion) => Promise<void>,
  refuse: (conversion: Pick<OpenConversion, 'checkpoint' | 'settings'>) => void = () => {},
): Promise<void> {
  const { repository } = options;
  const opened = stoppable(options.interrupted, await openCheckpoint(options.checkpoint));
  try {
    const checkpoint = rewardTensors(opened);
    const known = knownRepository(repository?.name ?? resolve(options.checkpoint));
    const tokenizer = await tokenizerFacts(options.checkpoint, options.overrides.templateFile);
    const settings = rewardSettings({ checkpoint, overrides: options.overrides, known, tokenizer });
    refuse({ checkpoint, settings });
    await options.checkText?.(settings);
    await checkTensors(checkpoint);
    checkIds(tokenizer, checkpoint.trunk.vocabulary, options.checkpoint);
    const source = {
      checkpoint: repository ? `${repository.name}@${repository.commit}` : basename(resolve(options.checkpoint)),
      files: await digests(options.checkpoint, checkpoint.weightFiles, options.interrupted),
    };
    await work({ checkpoint, settings, tokenizer, source });
  } finally {
    await opened.close();
  }
}

/** Builds the graph without reading a matrix, which finds missing, misshapen and superfluous tensors before gigabytes are read. */
async function checkTensors(checkpoint: RewardTensors): Promise<void> {
  const graph = new OnnxGraph();
  const arithmetic = fp32Arithmetic(graph, unwritten);
  await buildRewardGraph({ checkpoint, graph, weights: unwritten, arithmetic, placed: false });
  const [unused, ...more] = checkpoint.unused();
  if (unused === undefined) return;
  const { family, layers } = checkpoint.trunk;
  const [, layer, part = ''] = /(?:^|\.)layers\.(\d+)\.(.+)\.\w+$/.exec(unused) ?? [];
  if (Number(layer) >= layers && Object.values(family.parts).includes(part)) {
    const problem = `the weights have more layers than the ${layers} that config.json gives, for example ${unused}; expected the config.json of these weights`;
    const place = { file: join(checkpoint.folder, 'config.json'), field: 'num_hidden_layers' };
    throw new StarlingError('E_CHECKPOINT', problem, place);
  }
  const others = more.length > 0 ? ` (and ${more.length} more)` : '';
  const problem = `tensor ${unused}${others} does not belong to a ${checkpoint.trunk.family.modelType} trunk with a reward head; expected a checkpoint without it`;
  throw new StarlingError('E_CHECKPOINT', problem, { file: checkpoint.folder });
}

/** Wraps a checkpoint so that the next read fails once the signal is aborted. */
function stoppable(interrupted: AbortSignal | undefined, checkpoint: Checkpoint): Checkpoint {
  const check = () => {
    if (interrupted?.aborted) throw stopped(interrupted);
  };
  return {
    ...checkpoint,
    vector(name, shape) {
      check();
      return checkpoint.vector(name, shape);
    },
    stored(name, shape) {
      const tensor = checkpoint.stored(name, shape);
      return {
        ...tensor,
        bytes(from, to) {
          check();
          return tensor.bytes(from, to);
        },
      };
    },
    matrix: async (name, rows, columns) => changedAsRead(await checkpoint.matrix(name, rows, columns), check),
  };
}

/** Copies config.json, the tokenizer files and the chat template. Returns their names. */
export async function copyCommon(
  { checkpoint, overrides }: Pick<ConversionOptions, 'checkpoint' | 'overrides'>,
  draft: string,
): Promise<string[]> {
  for (const name of COMMON_FILES) await copyRequired(join(checkpoint, name), join(draft, name));
  const template = overrides.templateFile ?? join(checkpoint, CHAT_TEMPLATE_FILE);
  if (!(await stat(template).catch(() => undefined))) return COMMON_FILES;
  await copyRequired(template, join(draft, CHAT_TEMPLATE_FILE));
  return [...COMMON_FILES, CHAT_TEMPLATE_FILE];
}

async function copyRequired(from: string, to: string): Promise<void> {
  await copyFile(from, to).catch((cause: unknown) => {
    throw new StarlingError(
      'E_CHECKPOINT',
      'this file could not be copied; a checkpoint needs it',
      { file: from },
      cause,
    );
  });
  // copyFile copies the mode too, and a checkpoint is often read-only.
  await chmod(to, 0o644);
}

/** SHA-256 of files by name. @throws as `stoppedBy` when interrupted */
export async function digests(
  folder: string,
  names: readonly string[],
  interrupted?: AbortSignal,
): Promise<Record<string, string>> {
  const found: Record<string, string> = {};
  for (const name of names) {
    found[name] = await sha256(join(folder, name), interrupted).catch((error: unknown) => {
      throw interrupted?.aborted ? stopped(interrupted) : error;
    });
  }
  return found;
}

function stopped(interrupted: AbortSignal): StarlingError {
  return stoppedBy(interrupted, 'stopped; nothing was converted');
}
