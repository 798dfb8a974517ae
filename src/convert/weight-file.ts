import { type FileHandle, open } from 'node:fs/promises';
import type { Element, ExternalTensor } from './onnx-graph.js';

/** Tensors start at multiples of this, so that kernels find mapped weights aligned to a cache line. */
const ALIGNMENT = 64;

type Values = ArrayBufferView | Iterable<ArrayBufferView> | AsyncIterable<ArrayBufferView>;

/** Writes tensors one after the other into one external-data file. */
export class WeightFile {
  readonly #handle: FileHandle;
  readonly #location: string;
  #position = 0;

  private constructor(handle: FileHandle, location: string) {
    this.#handle = handle;
    this.#location = location;
  }

  /** @param location the name by which the graph beside it finds the file. */
  static async create(path: string, location: string): Promise<WeightFile> {
    return new WeightFile(await open(path, 'wx'), location);
  }

  /** @param values of the tensor, whole or in parts */
  async append(name: string, element: Element, shape: readonly number[], values: Values): Promise<ExternalTensor> {
    const offset = Math.ceil(this.#position / ALIGNMENT) * ALIGNMENT;
    await this.#write(Buffer.alloc(offset - this.#position));
    for await (const part of ArrayBuffer.isView(values) ? [values] : values) {
      await this.#write(Buffer.from(part.buffer, part.byteOffset, part.byteLength));
    }
    return { name, element, shape, location: this.#location, offset, length: this.#position - offset };
  }

  close(): Promise<void> {
    return this.#handle.close();
  }

  async #write(bytes: Buffer): Promise<void> {
    let written = 0;
    while (written < bytes.length) written += (await this.#handle.write(bytes, written)).bytesWritten;
    this.#position += bytes.length;
  }
}
