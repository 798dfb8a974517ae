import { createHash, type Hash } from 'node:crypto';
import { open, stat } from 'node:fs/promises';
import { plainFile } from '../json/file-text.js';

/**
 * Path of each dtype's graph in a model folder, as on the ONNX hub. Its weights lie beside it, see `weightsOf`. The fastest dtype comes
 * first and is the default.
 */
export const GRAPHS = { int8: 'onnx/model_int8.onnx', q4: 'onnx/model_q4.onnx', fp32: 'onnx/model.onnx' } as const;

export type Dtype = keyof typeof GRAPHS;

export const DTYPES = Object.keys(GRAPHS) as Dtype[];

/** End of the name of a float16 graph. A CPU computes it in float32. */
const HALF = '_fp16.onnx';

/**
 * Paths of each dtype's graph in folders of exporters: optimum and PyTorch write to the top level, models for transformers.js have `onnx/`.
 */
export const EXPORTED_GRAPHS: Readonly<Record<Dtype, readonly string[]>> = {
  fp32: [GRAPHS.fp32, 'model.onnx', `onnx/model${HALF}`, `model${HALF}`],
  int8: [GRAPHS.int8, 'onnx/model_quantized.onnx', 'model_quantized.onnx'],
  q4: [GRAPHS.q4, 'model_q4.onnx'],
};

export function isHalfGraph(graph: string): boolean {
  return graph.endsWith(HALF);
}

/**
 * The token that the head reads: the last one of a text, or the one that the code on Starling-RM's card reads, see
 * `engines/local/plan/card.ts`.
 */
export const READOUTS = ['last-token', 'card'] as const;

export type Readout = (typeof READOUTS)[number];

/** The external-data file of a graph, or the first of several: `onnx/model.onnx_data` for `onnx/model.onnx`. */
export function weightsOf(graph: string): string {
  return `${graph}_data`;
}

/** File `part` of weights that need several files, numbered as transformers.js does: `onnx/model.onnx_data`, `onnx/model.onnx_data_1`, … */
export function weightsPart(weights: string, part: number): string {
  return part === 0 ? weights : `${weights}_${part}`;
}

/** Selects the files with a graph's weights. The first of them is always included, even if `files` lacks it. */
export function weightsAmong(files: Iterable<string>, graph: string): string[] {
  const first = weightsOf(graph);
  return [
    first,
    ...[...files].filter((name) => /^_[1-9]\d*$/.test(name.slice(first.length)) && name.startsWith(first)),
  ];
}

/** Whether a file holds weights of a folder that servers load, or is the index of its shards. */
export function isServedWeights(name: string): boolean {
  return /^model(-\d{5}-of-\d{5})?\.safetensors(\.index\.json)?$/.test(name);
}

/** Files of every model folder besides graphs and reward.json. */
export const COMMON_FILES = ['config.json', 'tokenizer.json', 'tokenizer_config.json'];

/** File of the chat template, if the template is not in tokenizer_config.json. */
export const CHAT_TEMPLATE_FILE = 'chat_template.jinja';

/** Bytes of a file that are read at a time. */
const PIECE = 2 ** 20;

/** SHA-256 of a file in hex. @param interrupted as for `hashedFile` */
export function sha256(file: string, interrupted?: AbortSignal): Promise<string> {
  return hashedFile(file, createHash('sha256'), interrupted);
}

/**
 * Adds a file to `hash` and returns the digest in hex. Reading into one reused buffer takes two thirds of the time of a stream.
 * @param interrupted once it is aborted, the promise rejects with its reason
 * @throws Error if the file cannot be read or is not a regular file
 */
export async function hashedFile(file: string, hash: Hash, interrupted?: AbortSignal): Promise<string> {
  await plainFile(file);
  const piece = Buffer.allocUnsafeSlow(PIECE);
  const handle = await open(file);
  try {
    for (;;) {
      interrupted?.throwIfAborted();
      const { bytesRead } = await handle.read(piece, 0, PIECE);
      if (bytesRead === 0) return hash.digest('hex');
      hash.update(piece.subarray(0, bytesRead));
    }
  } finally {
    await handle.close();
  }
}

/** Whether a path leads to a regular file. */
export async function isFile(path: string): Promise<boolean> {
  const found = await stat(path).catch(() => undefined);
  return found?.isFile() ?? false;
}
