import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { StarlingError } from '../contracts/errors.js';
import { fileTextIfAny } from '../json/file-text.js';
import { parsedJson } from '../json/json-file.js';
import { JsonNode } from '../json/json-node.js';
import {
  CHAT_TEMPLATE_FILE,
  COMMON_FILES,
  DTYPES,
  type Dtype,
  GRAPHS,
  isServedWeights,
  READOUTS,
  type Readout,
  sha256,
  weightsAmong,
} from './files.js';
import { checkNotRandom } from './graph/random-nodes.js';
import { scannedModel } from './graph/scanned-model.js';
import type { Card, ExternalGraph } from './graph-contract.js';
import type { FileReader } from './kept-files.js';

/** Reads files whenever they are needed. */
export const FROM_DISK: FileReader = { text: fileTextIfAny, sha256 };

/** What is known of a model apart from how it is computed: how texts are made for it, and which token its head reads. */
export interface TextModel {
  folder: string;
  /**
   * Name of the template, from reward.json; for an external folder, if its files or its name tell it. The fields below have the same
   * sources.
   */
  template?: string;
  system: string | null;
  trim: boolean;
  addBos: boolean;
  readout: Readout;
  /** The id that the readout `last-token` skips at the end of a text; absent if it skips none. */
  padId?: number;
  /** Ids for the readout `card`; absent if the model does not have it. */
  card?: Omit<Card, 'maxLength'>;
  /** Tokens. */
  maxLength: number;
  /** Number of positions that the model has, in tokens. */
  maxPositions: number;
  /** Only for a folder that other tools made. */
  external?: ExternalGraph;
}

/** An opened model folder with a graph. All files but the weights exist and have the digests in reward.json. */
export interface ModelFolder extends TextModel {
  dtype: Dtype;
  /** Path of the graph of `dtype`. */
  graph: string;
  /** Expected SHA-256 of each file of weights, by its name in the folder; see `checkWeights`. Empty for an external folder. */
  weights: ReadonlyMap<string, unknown>;
  /** Expected SHA-256 of each file that makes a reward, by its name in the folder. Absent for an external folder. */
  digests?: ReadonlyMap<string, unknown>;
}

/**
 * Opens a folder that `convert` made and verifies its files, except for the weights.
 * @param dtype default: the first of `DTYPES` that the folder has
 * @throws StarlingError E_MODEL if a file is missing or altered, or has an invalid value
 */
export async function openModelFolder(
  folder: string,
  dtype?: Dtype,
  files: FileReader = FROM_DISK,
): Promise<ModelFolder> {
  const reward = await readReward(folder, files);
  const digests = fileDigests(reward);
  const chosen = chooseDtype(reward.source.file, digests, dtype);
  const graph = GRAPHS[chosen];
  const optional = [CHAT_TEMPLATE_FILE].filter((name) => digests.has(name));
  const small = [...COMMON_FILES, ...optional, graph];
  for (const name of small) await checkFile(folder, name, digests.get(name), files);
  const weights = weightsAmong(digests.keys(), graph);
  checkCache(reward.at('cache'));
  return {
    ...textModel(folder, reward, shapeOf(join(folder, graph))),
    dtype: chosen,
    graph: join(folder, graph),
    weights: new Map(weights.map((name) => [name, digests.get(name)])),
    digests: new Map([...small, ...weights].map((name) => [name, digests.get(name)])),
  };
}

/** Number of ids and of positions of a model. */
export interface ModelShape {
  vocabulary: number;
  positions: number;
}

/** The settings of reward.json. @throws StarlingError E_MODEL for an invalid value */
export function textModel(folder: string, reward: JsonNode, { vocabulary, positions }: ModelShape): TextModel {
  const maxPositions = reward.at('max_positions').countWithin(1, positions);
  reward.at('truncation_side').oneOf(['left']);
  const [system, pad] = [reward.at('system'), reward.at('pad_id')];
  return {
    folder,
    template: reward.at('template').text(),
    system: system.value === null ? null : system.text(),
    trim: reward.at('trim').flag(),
    addBos: reward.at('add_bos').flag(),
    readout: reward.at('readout').name(READOUTS),
    padId: pad.value === undefined ? undefined : pad.countWithin(0, vocabulary - 1),
    card: cardOf(reward.at('card'), vocabulary),
    maxLength: reward.at('max_length').countWithin(2, maxPositions),
    maxPositions,
  };
}

/** The graph that `openModelFolder` would take. @throws StarlingError E_MODEL */
export async function graphOfModel(folder: string, dtype?: Dtype): Promise<string> {
  const reward = await readReward(folder, FROM_DISK);
  return join(
    folder,
    GRAPHS[chooseDtype(reward.source.file, new Map(Object.entries(reward.at('files').object())), dtype)],
  );
}

/**
 * The digests in reward.json, by the names of files. Only `convert` writes them; the reward.json of a checkpoint holds settings for it.
 * @throws StarlingError E_MODEL if there are none
 */
export function fileDigests(reward: JsonNode): Map<string, unknown> {
  const files = reward.at('files');
  if (!files.absent) return new Map(Object.entries(files.object()));
  const problem = 'this reward.json has no digests, so its folder is a checkpoint and not a model folder';
  const remedy = 'make one of it with starling-rm convert';
  throw new StarlingError('E_MODEL', `${problem}; ${remedy}`, { file: reward.source.file });
}

/** Number of ids and of positions in the graph's own tables. */
function shapeOf(file: string): ModelShape {
  const model = scannedModel(file);
  checkNotRandom(model, file);
  const rowsOf = (name: string) => {
    const [rows] = model.graph.tensors.find((tensor) => tensor.name === name)?.dims ?? [];
    if (rows !== undefined && rows > 0) return rows;
    const problem = `the graph has no table ${name}; expected one that starling-rm convert made`;
    throw new StarlingError('E_MODEL', problem, { file });
  };
  return { vocabulary: rowsOf('embed_tokens'), positions: rowsOf('rotary_cos') };
}

/**
 * Verifies the digests of all weights. It takes about a second for each gigabyte, so callers should do other work meanwhile.
 * @throws StarlingError E_MODEL if a file of weights is missing or altered
 */
export async function checkWeights({ folder, weights }: ModelFolder): Promise<void> {
  for (const [name, digest] of weights) await checkFile(folder, name, digest, FROM_DISK);
}

function cardOf(card: JsonNode, vocabulary: number): ModelFolder['card'] {
  if (card.value === undefined) return undefined;
  card.object();
  const id = (field: string) => card.at(field).countWithin(0, vocabulary - 1);
  return { padId: id('pad_id'), fillId: id('fill_id') };
}

/** Checks the shape of the KV cache, which only `doctor` reports. */
function checkCache(cache: JsonNode): void {
  if (cache.value === undefined) return;
  cache.object();
  for (const field of ['layers', 'kv_heads', 'head_dim']) cache.at(field).countWithin(1, 2 ** 16);
}

function chooseDtype(file: string, digests: ReadonlyMap<string, unknown>, dtype?: Dtype): Dtype {
  const present = DTYPES.filter((one) => digests.has(GRAPHS[one]));
  const chosen = dtype ?? present[0];
  if (chosen !== undefined && present.includes(chosen)) return chosen;
  if ([...digests.keys()].some((name) => isServedWeights(name))) {
    const remedy = 'score with --engine vllm=URL, or convert the checkpoint without --to';
    throw new StarlingError('E_MODEL', `this folder is for servers and has no graph; ${remedy}`, { file });
  }
  const problem = `this model has no ${chosen ?? DTYPES.join(' or ')}; it has ${present.join(', ') || 'no graph'}`;
  throw new StarlingError('E_MODEL', `${problem}. Make one with starling-rm convert --dtype`, { file });
}

/** @throws StarlingError E_MODEL if a file is missing or does not have the digest */
export async function checkFile(folder: string, name: string, expected: unknown, files: FileReader): Promise<void> {
  const file = join(folder, name);
  if (expected === undefined) throw new StarlingError('E_MODEL', 'reward.json has no digest of this file', { file });
  const found = await files.sha256(file).catch((cause: unknown) => {
    throw new StarlingError('E_MODEL', 'a file of the model is missing or cannot be read', { file }, cause);
  });
  if (found !== expected) {
    throw new StarlingError(
      'E_MODEL',
      'this file has another SHA-256 than reward.json lists; convert or copy the model again',
      { file },
    );
  }
}

/** @throws StarlingError E_MODEL if this is not a folder */
export async function checkIsFolder(folder: string): Promise<void> {
  const found = await stat(folder).catch(() => undefined);
  if (found?.isDirectory()) return;
  const problem = found ? 'this is a file; expected a model folder' : `no such model folder${remedyByName(folder)}`;
  throw new StarlingError('E_MODEL', problem, { file: folder });
}

/** A path that may be the name of a repository on the hub is answered with the command that makes the folder. */
function remedyByName(folder: string): string {
  const [, name] = /^[A-Za-z0-9][\w.-]*\/([A-Za-z0-9][\w.-]*)$/.exec(folder) ?? [];
  return name === undefined ? '' : `; make it: starling-rm convert ${folder} ${name}`;
}

/** The reward.json of a model folder. @throws StarlingError E_MODEL if there is none */
export async function readReward(folder: string, files: FileReader): Promise<JsonNode> {
  const file = join(folder, 'reward.json');
  await checkIsFolder(folder);
  const noReward = async (cause?: unknown) => {
    const problem = `not a model folder: it lacks this file; ${await remedyFor(folder)}`;
    return new StarlingError('E_MODEL', problem, { file }, cause);
  };
  const text = await files.text(file).catch(async (cause: unknown) => {
    throw await noReward(cause);
  });
  if (text === undefined) throw await noReward();
  const code = 'E_MODEL';
  return new JsonNode({ file, code }, '', parsedJson(text, file, { code, invalid: 'not valid JSON' }));
}

/** The remedy for a folder without reward.json: it may have graphs of another tool, but none with a supported name. */
async function remedyFor(folder: string): Promise<string> {
  const names = await readdir(folder, { recursive: true }).catch(() => []);
  const graphs = names.filter((name) => /^(onnx[/\\])?[^/\\]+\.onnx$/.test(name)).sort();
  if (graphs.length === 0) return 'make one with starling-rm convert';
  const wanted = 'onnx/model.onnx (fp32), onnx/model_quantized.onnx (int8) or onnx/model_q4.onnx, and config.json';
  return `without it, none of the graphs here (${graphs.join(', ')}) can be used; expected ${wanted}`;
}
