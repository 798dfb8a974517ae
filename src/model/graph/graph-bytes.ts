import { stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { StarlingError } from '../../contracts/errors.js';
import { type ScannedGraph, type ScannedModel, scannedModel } from './scanned-model.js';

/** Bytes of a graph and of the files that its weights are in, as far as these are there; of one that is damaged only its own. */
export async function graphBytes(graph: string): Promise<number> {
  const files = [graph, ...weightFiles(graph)];
  const sizes = await Promise.all(files.map(async (file) => (await stat(file).catch(() => undefined))?.size ?? 0));
  return sizes.reduce((sum, size) => sum + size, 0);
}

function weightFiles(graph: string): string[] {
  try {
    return externalFiles(scannedModel(graph)).map((name) => join(dirname(graph), name));
  } catch (error) {
    // It is told when the model is opened.
    if (error instanceof StarlingError) return [];
    throw error;
  }
}

/** Names, relative to the graph's folder, of the files in which its tensors lie. */
export function externalFiles({ graph, functions }: ScannedModel): string[] {
  const names = new Set<string>();
  const add = ({ tensors, nodes }: ScannedGraph) => {
    for (const { location } of tensors) if (location !== undefined) names.add(location);
    for (const node of nodes) {
      add({ tensors: node.tensors, nodes: [] });
      for (const inner of node.graphs) add(inner);
    }
  };
  for (const one of [graph, ...functions]) add(one);
  return [...names];
}
