import { chmod, copyFile, mkdir, readFile, stat, writeFile } from 'node:fs/promises';
import { basename, dirname, join, resolve } from 'node:path';
import { StarlingError, stoppedBy } from '../contracts/errors.js';
import { CHAT_TEMPLATE_FILE, COMMON_FILES, type Dtype, GRAPHS, sha256, weightsOf } from '../model/files.js';
import { knownRepository } from '../model/known-models.js';
import { checkIds, tokenizerFacts } from '../model/tokenizer-facts.js';
import { type Checkpoint, openCheckpoint } from './checkpoint.js';
import { type FolderLock, replaceFolder } from './folder-draft.js';
import { OnnxGraph } from './graph/onnx-graph.js';
import { buildRewardGraph } from './graph/reward-graph.js';
import { fp32Arithmetic } from './quantize/fp32.js';
import { int8Arithmetic } from './quantize/int8.js';
import { changedAsRead } from './quantize/matrix.js';
import { q4Arithmetic } from './quantize/q4.js';
import { type RewardOverrides, type RewardSettings, rewardSettings } from './reward-settings.js';
import { type RewardTensors, rewardTensors } from './reward-tensors.js';
import { unwritten, WeightFile } from './weight-file.js';

/** The arithmetic of each dtype. */
const ARITHMETIC = { fp32: fp32Arithmetic, int8: int8Arithmetic, q4: q4Arithmetic } satisfies Record<Dtype, unknown>;

export interface ConvertOptions {
  checkpoint: string;
  /** The hub repository that the checkpoint comes from. Without it, the name of the folder identifies the checkpoint. */
  repository?: { name: string; commit: string };
  folder: string;
  dtypes: readonly Dtype[];
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

/**
 * Converts a Hugging Face checkpoint to a model folder: config.json, tokenizer files, onnx/, and reward.json with the digest of each file.
 * All files are written to a draft beside the target, and moved there once they are complete. One process writes at a time.
 * A folder that was converted from the same checkpoint with the same settings gains the new dtypes. Any other existing folder is refused.
 * @throws StarlingError E_NO_INPUT, E_USAGE, E_CHECKPOINT, E_EXISTS, E_WRITE, or that of `stoppedBy` when `interrupted` is aborted
 */
export async function convert(options: ConvertOptions): Promise<void> {
  const { repository } = options;
  const opened = stoppable(options.interrupted, await openCheckpoint(options.checkpoint));
  try {
    const checkpoint = rewardTensors(opened);
    const known = knownRepository(repository?.name ?? resolve(options.checkpoint));
    const tokenizer = await tokenizerFacts(options.checkpoint, options.overrides.templateFile);
    const settings = rewardSettings({ checkpoint, overrides: options.overrides, known, tokenizer });
    await options.checkText?.(settings);
    await checkTensors(checkpoint);
    checkIds(tokenizer, checkpoint.trunk.vocabulary, options.checkpoint);
    const source = {
      checkpoint: repository ? `${repository.name}@${repository.commit}` : basename(resolve(options.checkpoint)),
      files: await digests(options.checkpoint, checkpoint.weightFiles, options.interrupted),
    };
    await replaceFolder(options.folder, options.lock, async (draft) => {
      const common = await copyCommon(options, draft);
      const kept = await earlierFiles(options.folder, { ...settings, source }, await digests(draft, common));
      const written = [...common];
      for (const dtype of options.dtypes) {
        options.onStep?.(`${GRAPHS[dtype]} (${dtype})`);
        written.push(...(await writeModel(checkpoint, dtype, settings.readout === 'card', draft)));
      }
      const files = { ...kept, ...(await digests(draft, written, options.interrupted)) };
      const { layers, kvHeads: kv_heads, headDim: head_dim } = checkpoint.trunk;
      const reward = { ...settings, cache: { layers, kv_heads, head_dim }, source, files };
      await writeFile(join(draft, 'reward.json'), `${JSON.stringify(reward, null, 2)}\n`);
      // reward.json is moved last: it holds the digests of the others.
      return [...written, 'reward.json'];
    });
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

/** Writes the graph and the weights of one dtype. Returns the names of the files it wrote. */
async function writeModel(checkpoint: RewardTensors, dtype: Dtype, placed: boolean, draft: string): Promise<string[]> {
  const file = GRAPHS[dtype];
  await mkdir(dirname(join(draft, file)), { recursive: true });
  const weights = await WeightFile.create(join(draft, weightsOf(file)), basename(weightsOf(file)));
  const graph = new OnnxGraph();
  try {
    const arithmetic = ARITHMETIC[dtype](graph, weights);
    await buildRewardGraph({ checkpoint: arithmetic.prepared(checkpoint), graph, weights, arithmetic, placed });
  } finally {
    await weights.close();
  }
  await writeFile(join(draft, file), graph.encode());
  return [file, ...weights.parts.map((part) => join(dirname(file), part))];
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
    matrix: async (name, rows, columns) => changedAsRead(await checkpoint.matrix(name, rows, columns), check),
  };
}

/**
 * Digests of the files that an earlier conversion left in the folder; `{}` when the folder is new.
 * @param wanted the fields of reward.json that this conversion would write
 * @param common digests of the files that are neither graph nor weights
 * @throws StarlingError E_EXISTS when the folder was not made from the same checkpoint with the same settings
 */
async function earlierFiles(
  folder: string,
  wanted: object,
  common: Record<string, string>,
): Promise<Record<string, string>> {
  if (!(await stat(folder).catch(() => undefined))) return {};
  try {
    const reward = JSON.parse(await readFile(join(folder, 'reward.json'), 'utf8'));
    const settings = Object.entries(JSON.parse(JSON.stringify(wanted)));
    const same = settings.every(([key, value]) => JSON.stringify(reward[key]) === JSON.stringify(value));
    const files: Record<string, string> = reward.files;
    const names = Object.keys(files).filter((name) => !name.startsWith('onnx/'));
    if (same && [...names, ...Object.keys(common)].every((name) => files[name] === common[name])) return files;
  } catch {
    // reward.json is missing or is not ours: the folder is refused below.
  }
  const problem =
    'this exists and was not converted from the same checkpoint with the same settings; name a new folder';
  throw new StarlingError('E_EXISTS', problem, { file: folder });
}

/** Copies config.json, the tokenizer files and the chat template. Returns their names. */
async function copyCommon({ checkpoint, overrides }: ConvertOptions, draft: string): Promise<string[]> {
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

async function digests(
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
