import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { pipeline } from 'node:stream/promises';

/** Where a model folder keeps each dtype's graph, as on the ONNX hub; its weights lie beside it, see `weightsOf`. */
export const GRAPHS = { fp32: 'onnx/model.onnx', int8: 'onnx/model_int8.onnx' } as const;

export type Dtype = keyof typeof GRAPHS;

export const DTYPES = Object.keys(GRAPHS) as Dtype[];

/** Which token a reward is read at: a text's last, or the one that the class on a Starling-RM's card reads, see `plan/card.ts`. */
export const READOUTS = ['last-token', 'card'] as const;

export type Readout = (typeof READOUTS)[number];

/** The external-data file of a graph: `onnx/model.onnx_data` for `onnx/model.onnx`. */
export function weightsOf(graph: string): string {
  return `${graph}_data`;
}

/** What every model folder has beside graphs and reward.json. */
export const COMMON_FILES = ['config.json', 'tokenizer.json', 'tokenizer_config.json'];

/** SHA-256 of a file in hex, read as a stream. */
export async function sha256(file: string): Promise<string> {
  const hash = createHash('sha256');
  await pipeline(createReadStream(file), hash);
  return hash.digest('hex');
}
