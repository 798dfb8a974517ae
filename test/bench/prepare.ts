import { copyFile, mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { TrunkConfig } from '../../src/convert/checkpoint.js';
import { convert } from '../../src/convert/convert.js';
import { DTYPES, GRAPHS } from '../../src/model-files.js';
import { MODEL } from '../root.js';
import { writeBareMatmuls } from './bare-matmuls.js';
import { writeEmbeddedCheckpoint } from './embedded-checkpoint.js';
import type { ExportDtype } from './export-arithmetic.js';
import { writeStandardExport } from './standard-export.js';

/** The same weights in the form that each contender reads. */
export interface Prepared {
  /** Hugging Face folder, for PyTorch. */
  checkpoint: string;
  /** Model folder of ours with what the embedded one lacks. */
  ours: string;
  /** Folder with standard exports, for transformers.js. */
  exported: string;
  /** Graphs of the matrix products alone. */
  bare: { fp32: string; int8: string };
}

/** Where transformers.js looks for each dtype. */
export const EXPORTS: Record<ExportDtype, string> = {
  fp32: 'onnx/model.onnx',
  q8: 'onnx/model_quantized.onnx',
  q4: 'onnx/model_q4.onnx',
};

/** Writes all of it into `folder`: about 1.3 GB. */
export async function prepare(folder: string, trunk: TrunkConfig): Promise<Prepared> {
  const checkpoint = join(folder, 'checkpoint');
  await writeEmbeddedCheckpoint(checkpoint);
  const ours = join(folder, 'ours');
  // The embedded model is the int8 one.
  await convert({ checkpoint, folder: ours, dtypes: DTYPES.filter((dtype) => dtype !== 'int8'), overrides: {} });
  const exported = join(folder, 'exported');
  await mkdir(join(exported, 'onnx'), { recursive: true });
  await copyFile(join(checkpoint, 'config.json'), join(exported, 'config.json'));
  for (const dtype of ['fp32', 'q8', 'q4'] as const) {
    await writeStandardExport(checkpoint, join(exported, EXPORTS[dtype]), dtype);
  }
  const bare = { fp32: join(folder, 'bare/fp32.onnx'), int8: join(folder, 'bare/int8.onnx') };
  await writeBareMatmuls(join(ours, GRAPHS.fp32), bare.fp32, 'fp32', trunk);
  await writeBareMatmuls(join(MODEL, GRAPHS.int8), bare.int8, 'int8', trunk);
  return { checkpoint, ours, exported, bare };
}
