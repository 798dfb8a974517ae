import { lstat } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { StarlingError } from '../contracts/errors.js';
import type { ReadText } from '../json/file-text.js';
import { type JsonErrors, readJsonObject } from '../json/json-file.js';
import type { JsonObject } from '../json/json-object.js';
import { type Dtype, EXPORTED_GRAPHS, isFile, isHalfGraph } from './files.js';
import type { ModelFolder } from './folder.js';
import { externalFiles } from './graph/graph-bytes.js';
import { checkNotRandom } from './graph/random-nodes.js';
import { scannedModel } from './graph/scanned-model.js';
import { tokenSpelling } from './token-spelling.js';

const MISSING = 'a file of the model is missing or cannot be read';
const ERRORS: JsonErrors = {
  code: 'E_MODEL',
  absent: MISSING,
  unreadable: () => MISSING,
  invalid: 'not a JSON object',
};

/** Default of --max-length in tokens. */
const USUAL_LENGTH = 2048;
/** Positions if config.json does not give their number. */
const USUAL_POSITIONS = 512;
/** Model types whose position ids begin after the padding id. */
const SHIFTED = /roberta|camembert|mpnet/;

/** Whether other tools made this folder: a graph and a config.json, and no reward.json. */
export async function isExternalFolder(folder: string): Promise<boolean> {
  // `lstat` also finds a reward.json that cannot be read: the folder is then a broken one of ours.
  if (await lstat(join(folder, 'reward.json')).catch(() => undefined)) return false;
  return (await isFile(join(folder, 'config.json'))) && (await graphOf(folder)) !== undefined;
}

/**
 * Opens an external folder and reads its settings from its files. `addBos` is left to the caller, as it depends on the tokenizer. The
 * template stays undefined unless the tokenizer is one for pairs of texts.
 * @param dtype default: fp32 if the folder has it, as the int8 graphs of other tools quantize with one scale a batch
 * @throws StarlingError E_MODEL if a file is missing or broken
 */
export async function openExternalFolder(
  folder: string,
  dtype?: Dtype,
  read?: ReadText,
): Promise<Omit<ModelFolder, 'addBos'>> {
  const graph = await graphOf(folder, dtype);
  if (graph === undefined) {
    throw new StarlingError('E_MODEL', `this folder has no graph of ${dtype}; drop --dtype or choose another`, {
      file: folder,
    });
  }
  await checkGraph(graph.graph);
  const config = await readJsonObject(join(folder, 'config.json'), ERRORS, undefined, read);
  const tokenizer = await readJsonObject(join(folder, 'tokenizer_config.json'), ERRORS, undefined, read);
  const maxPositions = positionsOf(config, tokenizer);
  return {
    folder,
    ...graph,
    weights: new Map(),
    template: pairTemplate(tokenizer),
    system: null,
    trim: false,
    readout: 'last-token',
    maxLength: Math.min(USUAL_LENGTH, maxPositions),
    maxPositions,
    external: { padId: whole(config.pad_token_id) ?? 0, isHalf: isHalf(graph.graph, config) },
  };
}

/** Checks the graph before the runtime does: its errors do not name the file, or it reports none. */
async function checkGraph(file: string): Promise<void> {
  const model = scannedModel(file);
  checkNotRandom(model, file);
  for (const name of externalFiles(model)) {
    const weights = join(dirname(file), name);
    if (await isFile(weights)) continue;
    throw new StarlingError('E_MODEL', `the weights of ${basename(file)} should be here; copy this file too`, {
      file: weights,
    });
  }
}

/** The graph of an external folder: that of `dtype`, else the first that exists of fp32, int8 and q4. */
export async function graphOf(folder: string, dtype?: Dtype): Promise<{ dtype: Dtype; graph: string } | undefined> {
  for (const one of dtype === undefined ? (['fp32', 'int8', 'q4'] as const) : [dtype]) {
    for (const name of EXPORTED_GRAPHS[one]) {
      if (await isFile(join(folder, name))) return { dtype: one, graph: join(folder, name) };
    }
  }
  return undefined;
}

function isHalf(graph: string, { dtype, torch_dtype }: JsonObject): boolean {
  return isHalfGraph(graph) || (dtype ?? torch_dtype) === 'float16';
}

/** BERT and its kin read a prompt and an answer as two texts: [CLS] prompt [SEP] answer [SEP]. */
function pairTemplate({ cls_token, sep_token }: JsonObject): string | undefined {
  const [cls, separator] = [tokenSpelling(cls_token), tokenSpelling(sep_token)];
  if (cls === '[CLS]' && separator === '[SEP]') return 'pair';
  return cls === '<s>' && separator === '</s>' ? 'pair-roberta' : undefined;
}

/** Number of positions; infinite for models with only relative positions, such as DeBERTa-v3. */
function positionsOf(config: JsonObject, tokenizer: JsonObject): number {
  if (config.relative_attention === true && config.position_biased_input === false) return Number.POSITIVE_INFINITY;
  const positions = whole(config.max_position_embeddings) ?? USUAL_POSITIONS;
  const shift = SHIFTED.test(String(config.model_type)) ? (whole(config.pad_token_id) ?? 0) + 1 : 0;
  // Many tokenizers have a huge `model_max_length` for "no limit".
  return Math.min(positions - shift, whole(tokenizer.model_max_length) ?? Number.POSITIVE_INFINITY);
}

function whole(value: unknown): number | undefined {
  return typeof value === 'number' && Number.isSafeInteger(value) && value >= 0 ? value : undefined;
}
