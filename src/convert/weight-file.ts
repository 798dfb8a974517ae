import { type FileHandle, open } from 'node:fs/promises';
import { weightsPart } from '../model/files.js';
import type { Element, ExternalTensor } from './graph/onnx-graph.js';

/** Tensors start at multiples of this many bytes, so that mapped weights are aligned to a cache line. */
const ALIGNMENT = 64;

/** Bytes in a file. Some tools, file systems and hubs accept no file above 2 GB. */
const MOST = 2_000_000_000;

const ELEMENT_BYTES: Record<Element, number> = { float32: 4, uint8: 1, int8: 1, int32: 4, int64: 8, float16: 2 };

type Values = ArrayBufferView | Iterable<ArrayBufferView> | AsyncIterable<ArrayBufferView>;

/** Appends tensors to external data. */
export interface Weights {
  /** @param values of the tensor, whole or in consecutive parts */
  append(name: string, element: Element, shape: readonly number[], values: Values): Promise<ExternalTensor>;
}

/** Neither reads nor writes any tensor. Building a graph with it finds out which tensors the graph needs. */
export const unwritten: Weights = {
  append: async (name, element, shape) => ({ name, element, shape, location: '', offset: 0, length: 0 }),
};

/** Writes tensors into a file, and opens the next part where the file would grow too large. */
export class WeightFile implements Weights {
  /** Names of the files; the first is `location`. */
  readonly parts: string[] = [];
  readonly #path: string;
  readonly #location: string;
  readonly #most: number;
  #handle: FileHandle;
  #position = 0;

  private constructor(path: string, location: string, most: number, handle: FileHandle) {
    this.#path = path;
    this.#location = location;
    this.#most = most;
    this.#handle = handle;
    this.parts.push(location);
  }

  /**
   * @param location the name by which the graph beside it finds the file
   * @param most bytes in a file; a larger tensor gets a file of its own
   */
  static async create(path: string, location: string, most = MOST): Promise<WeightFile> {
    return new WeightFile(path, location, most, await open(path, 'wx'));
  }

  async append(name: string, element: Element, shape: readonly number[], values: Values): Promise<ExternalTensor> {
    const length = shape.reduce((product, extent) => product * extent, ELEMENT_BYTES[element]);
    if (this.#position > 0 && this.#aligned() + length > this.#most) await this.#beginPart();
    const offset = this.#aligned();
    await this.#write(Buffer.alloc(offset - this.#position));
    for await (const part of ArrayBuffer.isView(values) ? [values] : values) {
      await this.#write(Buffer.from(part.buffer, part.byteOffset, part.byteLength));
    }
    if (this.#position !== offset + length)
      throw new Error(`${name} has ${this.#position - offset} bytes, its shape ${length}`);
    return { name, element, shape, location: this.parts[this.parts.length - 1], offset, length };
  }

  close(): Promise<void> {
    return this.#handle.close();
  }

  #aligned(): number {
    return Math.ceil(this.#position / ALIGNMENT) * ALIGNMENT;
  }

  async #beginPart(): Promise<void> {
    const part = this.parts.length;
    const next = await open(weightsPart(this.#path, part), 'wx');
    await this.#handle.close();
    this.#handle = next;
    this.#position = 0;
    this.parts.push(weightsPart(this.#location, part));
  }

  async #write(bytes: Buffer): Promise<void> {
    let written = 0;
    while (written < bytes.length) written += (await this.#handle.write(bytes, written)).bytesWritten;
    this.#position += bytes.length;
  }
}
