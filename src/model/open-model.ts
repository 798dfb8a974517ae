import { resolve } from 'node:path';
import { StarlingError } from '../contracts/errors.js';
import { addsBos } from './bos.js';
import { graphOf, isExternalFolder, openExternalFolder } from './external-folder.js';
import type { Dtype, Readout } from './files.js';
import { graphOfModel, type ModelFolder, openModelFolder } from './folder.js';
import { graphBytes } from './graph/graph-bytes.js';
import type { FileReader } from './kept-files.js';
import { knownRepository } from './known-models.js';
import { tokenizerFacts } from './tokenizer-facts.js';

/** Which model to open. */
export interface ModelChoice {
  folder: string;
  /** Default: the folder's default dtype. */
  dtype?: Dtype;
}

/** The same with how its rewards are read. */
export interface ModelSettings extends ModelChoice {
  /** Default: the model's. */
  readout?: Readout;
  /** Which of an external model's logits is the reward. */
  logit?: number;
}

/**
 * Opens a folder that `convert` made, or an external one. If an external folder has the name of a known repository, that repository's
 * settings apply.
 * @param files default: every file is read from the disk when it is needed
 * @throws StarlingError E_MODEL
 */
export async function openModel({ folder, dtype }: ModelChoice, files?: FileReader): Promise<ModelFolder> {
  if (!(await isExternalFolder(folder))) return openModelFolder(folder, dtype, files);
  const opened = await openExternalFolder(folder, dtype, files?.text);
  const tokenizer = await tokenizerFacts(folder, undefined, files?.text);
  const { template = opened.template, maxLength = opened.maxLength, addBos } = knownRepository(resolve(folder)) ?? {};
  return {
    ...opened,
    template,
    maxLength: Math.min(maxLength, opened.maxPositions),
    addBos: addsBos({ known: addBos, tokenizer }),
  };
}

/** Bytes of the graph that `openModel` chooses, with its weights; 0 if `openModel` would throw an error. */
export async function modelBytes({ folder, dtype }: ModelChoice): Promise<number> {
  try {
    const exported = (await isExternalFolder(folder)) ? await graphOf(folder, dtype) : undefined;
    return await graphBytes(exported?.graph ?? (await graphOfModel(folder, dtype)));
  } catch (error) {
    if (error instanceof StarlingError) return 0;
    throw error;
  }
}
