import { mkdir, readFile, stat, writeFile } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { StarlingError } from '../contracts/errors.js';
import { type Dtype, GRAPHS, weightsOf } from '../model/files.js';
import { type ConversionOptions, copyCommon, digests, withConversion } from './conversion.js';
import { replaceFolder } from './folder-draft.js';
import { OnnxGraph } from './graph/onnx-graph.js';
import { buildRewardGraph } from './graph/reward-graph.js';
import { fp32Arithmetic } from './quantize/fp32.js';
import { int8Arithmetic } from './quantize/int8.js';
import { q4Arithmetic } from './quantize/q4.js';
import type { RewardTensors } from './reward-tensors.js';
import { WeightFile } from './weight-file.js';

/** The arithmetic of each dtype. */
const ARITHMETIC = { fp32: fp32Arithmetic, int8: int8Arithmetic, q4: q4Arithmetic } satisfies Record<Dtype, unknown>;

export interface ConvertOptions extends ConversionOptions {
  dtypes: readonly Dtype[];
}

/**
 * Converts a Hugging Face checkpoint to a model folder: config.json, tokenizer files, onnx/, and reward.json with the digest of each file.
 * All files are written to a draft beside the target, and moved there once they are complete. One process writes at a time.
 * A folder that was converted from the same checkpoint with the same settings gains the new dtypes. Any other existing folder is refused.
 * @throws StarlingError E_NO_INPUT, E_USAGE, E_CHECKPOINT, E_EXISTS, E_WRITE, or that of `stoppedBy` when `interrupted` is aborted
 */
export function convert(options: ConvertOptions): Promise<void> {
  return withConversion(options, ({ checkpoint, settings, source }) =>
    replaceFolder(options.folder, options.lock, async (draft) => {
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
    }),
  );
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
