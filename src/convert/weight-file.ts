import { type FileHandle, open } from 'node:fs/promises';
import type { Element, ExternalTensor } from './onnx-graph.js';

/** Tensors start at multiples of this, so that kernels find mapped weights aligned to a cache line. */
const ALIGNMENT = 64;

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

  async append(
    name: string,
    element: Element,
    shape: readonly number[],
    values: ArrayBufferView,
  ): Promise<ExternalTensor> {
    const offset = Math.ceil(this.#position / ALIGNMENT) * ALIGNMENT;
    const bytes = Buffer.from(values.buffer, values.byteOffset, values.byteLength);
    await this.#write(Buffer.alloc(offset - this.#position));
    await this.#write(bytes);
    return { name, element, shape, location: this.#location, offset, length: bytes.length };
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
