import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { copyFile, mkdir, mkdtemp, readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import { basename, dirname, join, resolve } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { StarlingError } from '../errors.js';
import { type Checkpoint, openCheckpoint } from './checkpoint.js';
import { fp32Arithmetic, int8Arithmetic } from './linear.js';
import { OnnxGraph } from './onnx-graph.js';
import { buildRewardGraph } from './reward-graph.js';
import { type RewardOverrides, rewardSettings } from './reward-settings.js';
import { WeightFile } from './weight-file.js';

/** Each dtype's graph file, named as on the ONNX hub, and how it multiplies. */
const DTYPES = {
  fp32: { graph: 'onnx/model.onnx', arithmetic: fp32Arithmetic },
  int8: { graph: 'onnx/model_int8.onnx', arithmetic: int8Arithmetic },
} as const;

export type ConvertDtype = keyof typeof DTYPES;
export const convertDtypes = Object.keys(DTYPES) as ConvertDtype[];

const COPIED = ['config.json', 'tokenizer.json', 'tokenizer_config.json'];

export interface ConvertOptions {
  checkpoint: string;
  folder: string;
  dtypes: readonly ConvertDtype[];
  overrides: RewardOverrides;
  /** Told what is being written, for people. */
  onStep?: (what: string) => void;
}

/**
 * Turns a Hugging Face checkpoint into a model folder: config.json, tokenizer files, onnx/ and reward.json with the digest of each file.
 * Everything is written beside the target and moved there when all of it is complete. A folder that was converted from the same
 * checkpoint gains the new dtypes; any other existing folder is refused.
 * @throws StarlingError E_CHECKPOINT, E_EXISTS, E_WRITE
 */
export async function convert(options: ConvertOptions): Promise<void> {
  const checkpoint = await openCheckpoint(options.checkpoint);
  try {
    const settings = rewardSettings(checkpoint, options.overrides);
    const source = {
      checkpoint: basename(resolve(options.checkpoint)),
      sha256: await sha256(join(options.checkpoint, 'model.safetensors')),
    };
    const kept = await earlierFiles(options.folder, source.sha256);
    await replaceFolder(options.folder, async (draft) => {
      for (const name of COPIED) await copyRequired(join(options.checkpoint, name), join(draft, name));
      for (const dtype of options.dtypes) {
        options.onStep?.(`${DTYPES[dtype].graph} (${dtype})`);
        await writeModel(checkpoint, dtype, draft);
      }
      const written = [
        ...COPIED,
        ...options.dtypes.flatMap((dtype) => [DTYPES[dtype].graph, `${DTYPES[dtype].graph}_data`]),
      ];
      const files = { ...kept, ...(await digests(draft, written)) };
      const { layers, kvHeads: kv_heads, headDim: head_dim } = checkpoint.trunk;
      const reward = { ...settings, cache: { layers, kv_heads, head_dim }, source, files };
      await writeFile(join(draft, 'reward.json'), `${JSON.stringify(reward, null, 2)}\n`);
    });
  } finally {
    await checkpoint.close();
  }
}

async function writeModel(checkpoint: Checkpoint, dtype: ConvertDtype, draft: string): Promise<void> {
  const { graph: file, arithmetic } = DTYPES[dtype];
  await mkdir(dirname(join(draft, file)), { recursive: true });
  const weights = await WeightFile.create(join(draft, `${file}_data`), `${basename(file)}_data`);
  const graph = new OnnxGraph();
  try {
    await buildRewardGraph({ checkpoint, graph, weights, arithmetic: arithmetic(graph, weights) });
  } finally {
    await weights.close();
  }
  const unused = checkpoint.unused();
  if (unused.length > 0) {
    throw new StarlingError(
      'E_CHECKPOINT',
      `tensors that a Llama trunk with a value head does not have: ${unused.join(', ')}`,
      {
        file: checkpoint.folder,
      },
    );
  }
  await writeFile(join(draft, file), graph.encode());
}

/** The digests that an earlier conversion of the same checkpoint left; `{}` when the folder is new. */
async function earlierFiles(folder: string, source: string): Promise<Record<string, string>> {
  if (!(await stat(folder).catch(() => undefined))) return {};
  try {
    const reward = JSON.parse(await readFile(join(folder, 'reward.json'), 'utf8'));
    if (reward.source.sha256 === source) return reward.files;
  } catch {
    // Not a model folder of ours: refused below.
  }
  throw new StarlingError('E_EXISTS', 'this exists and was not converted from the same checkpoint; name a new folder', {
    file: folder,
  });
}

/** Lets `fill` write into a draft beside `folder`, then moves what it wrote into place; nothing is left where `fill` fails. */
async function replaceFolder(folder: string, fill: (draft: string) => Promise<void>): Promise<void> {
  const target = resolve(folder);
  try {
    await mkdir(dirname(target), { recursive: true });
    const draft = await mkdtemp(`${target}.partial-`);
    try {
      await fill(draft);
      await moveInto(draft, target);
    } finally {
      await rm(draft, { recursive: true, force: true });
    }
  } catch (cause) {
    if (cause instanceof StarlingError) throw cause;
    throw new StarlingError(
      'E_WRITE',
      `the model folder could not be written: ${(cause as Error).message}`,
      { file: folder },
      cause,
    );
  }
}

/** reward.json goes last: it vouches for the others. */
async function moveInto(draft: string, target: string): Promise<void> {
  const { files } = JSON.parse(await readFile(join(draft, 'reward.json'), 'utf8'));
  for (const name of [...Object.keys(files), 'reward.json']) {
    await mkdir(dirname(join(target, name)), { recursive: true });
    const written = await stat(join(draft, name)).catch(() => undefined);
    if (written) await rename(join(draft, name), join(target, name));
  }
}

async function copyRequired(from: string, to: string): Promise<void> {
  await copyFile(from, to).catch((cause: unknown) => {
    throw new StarlingError('E_CHECKPOINT', 'the checkpoint lacks this file', { file: from }, cause);
  });
}

async function digests(folder: string, names: readonly string[]): Promise<Record<string, string>> {
  const found: Record<string, string> = {};
  for (const name of names) found[name] = await sha256(join(folder, name));
  return found;
}

async function sha256(file: string): Promise<string> {
  const hash = createHash('sha256');
  await pipeline(createReadStream(file), hash);
  return hash.digest('hex');
}
