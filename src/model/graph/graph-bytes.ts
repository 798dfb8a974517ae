import { stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { StarlingError } from '../../contracts/errors.js';
import { type ScannedGraph, type ScannedModel, scannedModel } from './scanned-model.js';

/** Bytes of a graph and of its files of weights that exist. For a damaged graph, only the graph counts. */
export async function graphBytes(graph: string): Promise<number> {
  const files = [graph, ...weightFiles(graph)];
  const sizes = await Promise.all(files.map(async (file) => (await stat(file).catch(() => undefined))?.size ?? 0));
  return sizes.reduce((sum, size) => sum + size, 0);
}

function weightFiles(graph: string): string[] {
  try {
    return externalFiles(scannedModel(graph)).map((name) => join(dirname(graph), name));
  } catch (error) {
    // Opening the model reports it.
    if (error instanceof StarlingError) return [];
    throw error;
  }
}

/** Names of the external-data files of a graph, relative to the graph's folder. */
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
