import { join } from 'node:path';
import { StarlingError } from '../contracts/errors.js';
import { parsedJson } from '../json/json-file.js';
import { JsonNode } from '../json/json-node.js';
import { CHAT_TEMPLATE_FILE, COMMON_FILES, isServedWeights } from './files.js';
import { checkFile, FROM_DISK, fileDigests, readReward, type TextModel, textModel } from './folder.js';
import { type GoldenRow, readGoldenRows } from './golden-file.js';
import type { FileReader } from './kept-files.js';

/** A folder that `convert --to transformers` made, for a model that a server runs. Its weights may lie with the server alone. */
export interface ServedFolder extends TextModel {
  /** SHA-256 of each file that makes a reward, by its name, the weights included. */
  digests: ReadonlyMap<string, unknown>;
  /** The type of the weights in the folder: `bfloat16`. */
  dtype: string;
  /** Absent if the folder has none. */
  golden?: readonly GoldenRow[];
}

/**
 * Opens the folder of a served model, and checks its settings and its tokenizer.
 * @throws StarlingError E_MODEL if a file is missing or altered, or if the folder is of another kind
 */
export async function openServedFolder(folder: string, files: FileReader = FROM_DISK): Promise<ServedFolder> {
  const reward = await readReward(folder, files);
  const digests = fileDigests(reward);
  const weights = [...digests].filter(([name]) => isServedWeights(name));
  if (weights.length === 0) {
    const remedy = 'make one of the checkpoint with starling-rm convert --to transformers';
    const problem = 'this folder has graphs for this machine; an engine of servers needs the folder that they load';
    throw new StarlingError('E_MODEL', `${problem}: ${remedy}`, { file: folder });
  }
  const optional = [CHAT_TEMPLATE_FILE].filter((name) => digests.has(name));
  const small = [...COMMON_FILES, ...optional];
  for (const name of small) await checkFile(folder, name, digests.get(name), files);
  return {
    ...textModel(folder, reward, await shapeIn(join(folder, 'config.json'), files)),
    digests: new Map([...small.map((name) => [name, digests.get(name)] as const), ...weights]),
    dtype: reward.at('dtype').text(),
    golden: await readGoldenRows(folder, new Map(weights)),
  };
}

async function shapeIn(file: string, files: FileReader) {
  const code = 'E_MODEL';
  const text = (await files.text(file)) ?? '';
  const config = new JsonNode({ file, code }, '', parsedJson(text, file, { code, invalid: 'not valid JSON' }));
  return { vocabulary: config.at('vocab_size').count(), positions: config.at('max_position_embeddings').count() };
}
