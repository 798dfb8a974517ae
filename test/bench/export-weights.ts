import { basename } from 'node:path';
import type { Element, ExternalTensor } from '../../src/convert/graph/onnx-graph.js';
import { WeightFile } from '../../src/convert/weight-file.js';

/** Weights that several graphs of one dtype share: each tensor is made and written once. */
export class ExportWeights {
  readonly #file: WeightFile;
  readonly #placed = new Map<string, ExternalTensor>();

  static async create(file: string): Promise<ExportWeights> {
    return new ExportWeights(await WeightFile.create(file, basename(file)));
  }

  private constructor(file: WeightFile) {
    this.#file = file;
  }

  async place(
    name: string,
    element: Element,
    shape: readonly number[],
    make: () => ArrayBufferView,
  ): Promise<ExternalTensor> {
    const known = this.#placed.get(name);
    if (known) return known;
    const placed = await this.#file.append(name, element, shape, make());
    this.#placed.set(name, placed);
    return placed;
  }

  close(): Promise<void> {
    return this.#file.close();
  }
}
