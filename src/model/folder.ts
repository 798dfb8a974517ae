import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { StarlingError } from '../contracts/errors.js';
import { fileText } from '../json/file-text.js';
import { parsedJson } from '../json/json-file.js';
import { JsonNode } from '../json/json-node.js';
import {
  CHAT_TEMPLATE_FILE,
  COMMON_FILES,
  DTYPES,
  type Dtype,
  GRAPHS,
  READOUTS,
  type Readout,
  sha256,
  weightsAmong,
} from './files.js';
import { checkNotRandom } from './graph/random-nodes.js';
import { scannedModel } from './graph/scanned-model.js';
import type { Card, ExternalGraph } from './graph-contract.js';

/** A model folder whose files, but for the weights, are there and are those that reward.json vouches for. */
export interface ModelFolder {
  folder: string;
  dtype: Dtype;
  /** Path of the graph of `dtype`. */
  graph: string;
  /** SHA-256 of each file of weights by its name in the folder, as reward.json says; see `checkWeights`. None in an external folder. */
  weights: ReadonlyMap<string, unknown>;
  /** SHA-256 of each file that makes a reward, as reward.json says, by its name in the folder. Absent for an external folder. */
  digests?: ReadonlyMap<string, unknown>;
  /** How texts are made, cut and read; from reward.json, or as far as the files of an external folder say it. */
  template?: string;
  system: string | null;
  trim: boolean;
  addBos: boolean;
  readout: Readout;
  /** The id that the readout `last-token` passes over at the end of a text, if it does. */
  padId?: number;
  /** Ids of the readout `card`; absent if the graph was made without it. */
  card?: Omit<Card, 'maxLength'>;
  /** Tokens. */
  maxLength: number;
  /** Tokens that the graph has positions for. */
  maxPositions: number;
  /** Only for a folder that other tools made. */
  external?: ExternalGraph;
}

/**
 * @param dtype the first of `DTYPES` that is present if absent
 * @throws StarlingError E_MODEL when a file is missing, altered or says something that cannot be
 */
export async function openModelFolder(folder: string, dtype?: Dtype): Promise<ModelFolder> {
  const reward = await readReward(folder);
  const digests = new Map(Object.entries(reward.at('files').object()));
  const chosen = chooseDtype(reward.source.file, digests, dtype);
  const graph = GRAPHS[chosen];
  const optional = [CHAT_TEMPLATE_FILE].filter((name) => digests.has(name));
  const small = [...COMMON_FILES, ...optional, graph];
  for (const name of small) await checkFile(folder, name, digests.get(name));
  const weights = weightsAmong(digests.keys(), graph);
  const { vocabulary, positions } = shapeOf(join(folder, graph));
  const maxPositions = reward.at('max_positions').countWithin(1, positions);
  reward.at('truncation_side').oneOf(['left']);
  checkCache(reward.at('cache'));
  const [system, pad] = [reward.at('system'), reward.at('pad_id')];
  return {
    folder,
    dtype: chosen,
    graph: join(folder, graph),
    weights: new Map(weights.map((name) => [name, digests.get(name)])),
    digests: new Map([...small, ...weights].map((name) => [name, digests.get(name)])),
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
  const reward = await readReward(folder);
  return join(
    folder,
    GRAPHS[chooseDtype(reward.source.file, new Map(Object.entries(reward.at('files').object())), dtype)],
  );
}

/** How many ids and positions the graph's own tables have. */
function shapeOf(file: string): { vocabulary: number; positions: number } {
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
 * Reads all weights, which takes a second for each gigabyte or so: whoever can do something else meanwhile should.
 * @throws StarlingError E_MODEL when they are missing or altered
 */
export async function checkWeights({ folder, weights }: ModelFolder): Promise<void> {
  for (const [name, digest] of weights) await checkFile(folder, name, digest);
}

function cardOf(card: JsonNode, vocabulary: number): ModelFolder['card'] {
  if (card.value === undefined) return undefined;
  card.object();
  const id = (field: string) => card.at(field).countWithin(0, vocabulary - 1);
  return { padId: id('pad_id'), fillId: id('fill_id') };
}

/** What the keys and values of a token take is only told, by `doctor`. */
function checkCache(cache: JsonNode): void {
  if (cache.value === undefined) return;
  cache.object();
  for (const field of ['layers', 'kv_heads', 'head_dim']) cache.at(field).countWithin(1, 2 ** 16);
}

function chooseDtype(file: string, digests: ReadonlyMap<string, unknown>, dtype?: Dtype): Dtype {
  const present = DTYPES.filter((one) => digests.has(GRAPHS[one]));
  const chosen = dtype ?? present[0];
  if (chosen !== undefined && present.includes(chosen)) return chosen;
  const problem = `no ${chosen ?? DTYPES.join(' or ')} in this model; it has ${present.join(', ') || 'no graph'}`;
  throw new StarlingError('E_MODEL', `${problem}. Make one with starling-rm convert --dtype`, { file });
}

async function checkFile(folder: string, name: string, expected: unknown): Promise<void> {
  const file = join(folder, name);
  if (expected === undefined) throw new StarlingError('E_MODEL', 'reward.json has no digest of this file', { file });
  const found = await sha256(file).catch((cause: unknown) => {
    throw new StarlingError('E_MODEL', 'a file of the model is missing or cannot be read', { file }, cause);
  });
  if (found !== expected) {
    throw new StarlingError(
      'E_MODEL',
      'this is not the file that reward.json vouches for (other SHA-256); convert or copy the model again',
      { file },
    );
  }
}

/** @throws StarlingError E_MODEL if there is no folder of that name */
export async function checkIsFolder(folder: string): Promise<void> {
  const found = await stat(folder).catch(() => undefined);
  if (found?.isDirectory()) return;
  const problem = found ? 'this is a file; expected a model folder' : 'no such model folder';
  throw new StarlingError('E_MODEL', problem, { file: folder });
}

async function readReward(folder: string): Promise<JsonNode> {
  const file = join(folder, 'reward.json');
  await checkIsFolder(folder);
  const text = await fileText(file).catch(async (cause: unknown) => {
    throw new StarlingError(
      'E_MODEL',
      `not a model folder: it lacks this file; ${await remedyFor(folder)}`,
      { file },
      cause,
    );
  });
  const code = 'E_MODEL';
  return new JsonNode({ file, code }, '', parsedJson(text, file, { code, invalid: 'not valid JSON' }));
}

/** What other tools left may have graphs, and none in a form or of a name that is taken without reward.json. */
async function remedyFor(folder: string): Promise<string> {
  const names = await readdir(folder, { recursive: true }).catch(() => []);
  const graphs = names.filter((name) => /^(onnx[/\\])?[^/\\]+\.onnx$/.test(name)).sort();
  if (graphs.length === 0) return 'make one with starling-rm convert';
  const wanted = 'onnx/model.onnx (fp32), onnx/model_quantized.onnx (int8) or onnx/model_q4.onnx, and config.json';
  return `of the graphs here (${graphs.join(', ')}) none is taken without it: expected ${wanted}`;
}
