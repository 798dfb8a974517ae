import { createHash, type Hash } from 'node:crypto';
import { open } from 'node:fs/promises';
import { plainFile } from '../json/file-text.js';

/** Where a model folder keeps each dtype's graph, as on the ONNX hub; its weights lie beside it, see `weightsOf`. The fastest comes first: it is taken where none is asked for. */
export const GRAPHS = { int8: 'onnx/model_int8.onnx', q4: 'onnx/model_q4.onnx', fp32: 'onnx/model.onnx' } as const;

export type Dtype = keyof typeof GRAPHS;

export const DTYPES = Object.keys(GRAPHS) as Dtype[];

/** Ends the name of a graph that computes in 16 bits. A processor widens them to 32. */
const HALF = '_fp16.onnx';

/** Where exporters put each dtype's graph: optimum and PyTorch at the top, the transformers.js hub in `onnx/`. */
export const EXPORTED_GRAPHS: Readonly<Record<Dtype, readonly string[]>> = {
  fp32: [GRAPHS.fp32, 'model.onnx', `onnx/model${HALF}`, `model${HALF}`],
  int8: [GRAPHS.int8, 'onnx/model_quantized.onnx', 'model_quantized.onnx'],
  q4: [GRAPHS.q4, 'model_q4.onnx'],
};

export function isHalfGraph(graph: string): boolean {
  return graph.endsWith(HALF);
}

/** Which token a reward is read at: a text's last, or the one that the class on a Starling-RM's card reads, see `engines/local/plan/card.ts`. */
export const READOUTS = ['last-token', 'card'] as const;

export type Readout = (typeof READOUTS)[number];

/** The external-data file of a graph, or the first of several: `onnx/model.onnx_data` for `onnx/model.onnx`. */
export function weightsOf(graph: string): string {
  return `${graph}_data`;
}

/** The further files of weights that are too large for one: `onnx/model.onnx_data_1`, … as transformers.js counts them. */
export function weightsPart(weights: string, part: number): string {
  return part === 0 ? weights : `${weights}_${part}`;
}

/** Of the files of a model folder those with the weights of a graph; the first of them in any case. */
export function weightsAmong(files: Iterable<string>, graph: string): string[] {
  const first = weightsOf(graph);
  return [
    first,
    ...[...files].filter((name) => /^_[1-9]\d*$/.test(name.slice(first.length)) && name.startsWith(first)),
  ];
}

/** What every model folder has beside graphs and reward.json. */
export const COMMON_FILES = ['config.json', 'tokenizer.json', 'tokenizer_config.json'];

/** The chat template of a folder, if it is not in tokenizer_config.json. */
export const CHAT_TEMPLATE_FILE = 'chat_template.jinja';

/** Bytes of a file that are read at a time. */
const PIECE = 2 ** 20;

/** SHA-256 of a file in hex. @param interrupted as for `hashedFile` */
export function sha256(file: string, interrupted?: AbortSignal): Promise<string> {
  return hashedFile(file, createHash('sha256'), interrupted);
}

/**
 * What `hash` makes, in hex, of a file after what it has been given. The file is read piece by piece into one buffer, which takes two
 * thirds of the time of a stream.
 * @param interrupted rejects with its reason once it is aborted
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
