import { type FileHandle, open, readFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import onnxProto from 'onnx-proto';

const { onnx } = onnxProto;

/** A tensor as it lies in the external-data file of a graph: raw little-endian bytes. */
export interface RawTensor {
  shape: number[];
  /** TensorProto.DataType: 1 = float32, 3 = int8, 10 = float16. */
  element: number;
  bytes: Buffer<ArrayBuffer>;
}

/** The external weights of an ONNX graph, by name. */
export async function externalTensors(graphFile: string): Promise<(name: string) => RawTensor> {
  const { graph } = onnx.ModelProto.decode(await readFile(graphFile));
  const files = new Map<string, FileHandle>();
  const tensors = new Map<string, RawTensor>();
  try {
    for (const { name, dims, dataType, externalData } of graph?.initializer ?? []) {
      const entry = new Map(externalData?.map(({ key, value }) => [key ?? '', value ?? '']));
      const location = entry.get('location');
      if (!name || location === undefined) continue;
      const path = join(dirname(graphFile), location);
      const handle = files.get(path) ?? (await open(path));
      files.set(path, handle);
      const bytes = Buffer.from(new ArrayBuffer(Number(entry.get('length'))));
      await handle.read(bytes, 0, bytes.length, Number(entry.get('offset')));
      tensors.set(name, { shape: (dims ?? []).map(Number), element: dataType ?? 0, bytes });
    }
  } finally {
    for (const handle of files.values()) await handle.close();
  }
  return (name) => {
    const tensor = tensors.get(name);
    if (!tensor) throw new Error(`${graphFile} has no tensor ${name}: the benchmark no longer knows the graph`);
    return tensor;
  };
}
