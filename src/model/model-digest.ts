import { createHash } from 'node:crypto';
import { dirname, join, relative } from 'node:path';
import { CHAT_TEMPLATE_FILE, COMMON_FILES, isFile, sha256 } from './files.js';
import type { ModelFolder, TextModel } from './folder.js';
import { externalFiles } from './graph/graph-bytes.js';
import { scannedModel } from './graph/scanned-model.js';

/**
 * SHA-256 in hex that stands for all that a model folder adds to a reward: the digests of graph, weights and tokenizer, and the ids of
 * padding and readout. Other graphs of the folder do not count. The files of an external folder are read for it, a second a gigabyte or so.
 */
export async function modelDigest(model: ModelFolder): Promise<string> {
  return digestOver(model.digests ?? (await digestsOf(model)), model);
}

/** The same from the digests of files, for a model of any kind. */
export function digestOver(digests: ReadonlyMap<string, unknown>, { padId, card, external }: TextModel): string {
  const files = [...digests].sort(([a], [b]) => (a < b ? -1 : 1));
  return createHash('sha256').update(JSON.stringify({ files, padId, card, external })).digest('hex');
}

async function digestsOf({ folder, graph }: ModelFolder): Promise<Map<string, string>> {
  const weights = externalFiles(scannedModel(graph)).map((name) => join(dirname(graph), name));
  const others = [...COMMON_FILES, CHAT_TEMPLATE_FILE].map((name) => join(folder, name));
  const digests = new Map<string, string>();
  for (const file of [graph, ...weights, ...others]) {
    if (!(await isFile(file))) continue;
    digests.set(relative(folder, file).replaceAll('\\', '/'), await sha256(file));
  }
  return digests;
}
