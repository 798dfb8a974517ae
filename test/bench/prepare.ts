import { execFile } from 'node:child_process';
import { copyFile, mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { COMMON_FILES, DTYPES, type Dtype, GRAPHS } from '../../src/model/files.js';
import { safetensors } from '../convert/tiny-checkpoint.js';
import { MODEL, ROOT } from '../root.js';
import { type BareMatmuls, writeBareMatmuls } from './bare-matmuls.js';
import { type DenseTensors, embeddedWeights } from './embedded-weights.js';
import type { ExportDtype } from './export-arithmetic.js';
import { type Attention, writeStandardExports } from './standard-export.js';
import type { Trunk } from './trunk.js';

/** The same weights in each form that a contender reads. */
export interface Prepared {
  /** Hugging Face folder, for PyTorch. */
  checkpoint: string;
  /** Our model folder with the dtypes that the embedded one lacks. */
  ours: string;
  /** Folder with standard exports, for transformers.js. */
  exported: string;
  /** Graphs of the matrix products alone. */
  bare: ReadonlyMap<Dtype, BareMatmuls>;
}

/** File name suffixes of transformers.js for each dtype. */
const SUFFIXES: Record<ExportDtype, string> = { fp32: '', q8: '_quantized', q4: '_q4' };

/** The model file name for transformers.js. */
export function exportName(attention: Attention): string {
  return attention === 'plain' ? 'model' : 'model_fused';
}

/** Path of an export in its folder. */
export function exportFile(dtype: ExportDtype, attention: Attention): string {
  return `onnx/${exportName(attention)}${SUFFIXES[dtype]}.onnx`;
}

/** Writes all forms into `folder`, about 1.3 GB. */
export async function prepare(folder: string, trunk: Trunk): Promise<Prepared> {
  const tensors = await embeddedWeights(trunk);
  const checkpoint = await writeCheckpoint(join(folder, 'checkpoint'), tensors);
  const ours = join(folder, 'ours');
  // The embedded model is the int8 one.
  await convert(checkpoint, ours, ...DTYPES.filter((dtype) => dtype !== 'int8'));
  const exported = await writeExports(join(folder, 'exported'), tensors, trunk);
  const bare = new Map<Dtype, BareMatmuls>();
  for (const dtype of DTYPES) {
    const graph = join(dtype === 'int8' ? MODEL : ours, GRAPHS[dtype]);
    bare.set(dtype, await writeBareMatmuls(graph, join(folder, `bare/${dtype}.onnx`), trunk));
  }
  return { checkpoint, ours, exported, bare };
}

/** Converts with our own command. */
export async function convert(checkpoint: string, folder: string, ...dtypes: string[]): Promise<void> {
  const args = [join(ROOT, 'bin/starling-rm'), 'convert', '-q', checkpoint, folder, '--dtype', dtypes.join(',')];
  await promisify(execFile)(process.execPath, args);
}

async function writeCheckpoint(folder: string, tensors: DenseTensors): Promise<string> {
  await mkdir(folder, { recursive: true });
  for (const name of [...COMMON_FILES, 'reward.json']) await copyFile(join(MODEL, name), join(folder, name));
  await writeFile(join(folder, 'model.safetensors'), safetensors(tensors));
  return folder;
}

async function writeExports(folder: string, tensors: DenseTensors, trunk: Trunk): Promise<string> {
  await mkdir(join(folder, 'onnx'), { recursive: true });
  await copyFile(join(MODEL, 'config.json'), join(folder, 'config.json'));
  for (const dtype of ['fp32', 'q8', 'q4'] as const) {
    const at = (attention: Attention) => join(folder, exportFile(dtype, attention));
    await writeStandardExports(tensors, trunk, { plain: at('plain'), fused: at('fused') }, dtype);
  }
  return folder;
}
