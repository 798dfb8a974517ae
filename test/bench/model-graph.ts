import { type FileHandle, open, readFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import onnxProto from 'onnx-proto';

const { onnx } = onnxProto;

/** A tensor in the external data of a graph. */
export interface RawTensor {
  shape: number[];
  /** TensorProto.DataType: 1 = float32, 2 = uint8, 3 = int8, 10 = float16. */
  element: number;
  /** Little-endian. */
  bytes: Buffer<ArrayBuffer>;
}

export interface GraphNode {
  operator: string;
  inputs: readonly string[];
  name: string;
  /** Its integer attributes. */
  attributes: Record<string, number>;
}

export interface ModelGraph {
  nodes: GraphNode[];
  /** External tensors, by name. */
  tensors: ReadonlyMap<string, RawTensor>;
}

/** Reads an ONNX file and its external data. */
export async function readModelGraph(file: string): Promise<ModelGraph> {
  const { graph } = onnx.ModelProto.decode(await readFile(file));
  const nodes = (graph?.node ?? []).map(({ opType, input, output, attribute }) => ({
    operator: opType ?? '',
    inputs: input ?? [],
    name: output?.[0] ?? '',
    attributes: Object.fromEntries((attribute ?? []).map(({ name, i }) => [name, Number(i)])),
  }));
  const files = new Map<string, FileHandle>();
  const tensors = new Map<string, RawTensor>();
  try {
    for (const { name, dims, dataType, externalData } of graph?.initializer ?? []) {
      const entry = new Map(externalData?.map(({ key, value }) => [key ?? '', value ?? '']));
      const location = entry.get('location');
      if (!name || location === undefined) continue;
      const handle = files.get(location) ?? (await open(join(dirname(file), location)));
      files.set(location, handle);
      const bytes = Buffer.from(new ArrayBuffer(Number(entry.get('length'))));
      await handle.read(bytes, 0, bytes.length, Number(entry.get('offset')));
      tensors.set(name, { shape: (dims ?? []).map(Number), element: dataType ?? 0, bytes });
    }
  } finally {
    for (const handle of files.values()) await handle.close();
  }
  return { nodes, tensors };
}
