import './runtime-environment.js';
import { openSession, type Session, Tensor } from './runtime.js';

interface Operand {
  rows: number;
  columns: number;
  values: Float32Array<ArrayBuffer>;
}

/** Products of matrices in the runtime, for weights that pass by as a stream. */
export class MatrixProduct {
  readonly #session: Session;

  /** @param graph of the inputs `input` and `weights` and the output `product` */
  static async open(graph: Uint8Array, threads: number): Promise<MatrixProduct> {
    return new MatrixProduct(await openSession(graph, threads, 'cpu'));
  }

  private constructor(session: Session) {
    this.#session = session;
  }

  async multiply(input: Operand, weights: Operand): Promise<Float32Array> {
    const { product } = await this.#session.run({ input: tensorOf(input), weights: tensorOf(weights) });
    return product.data as Float32Array;
  }

  close(): Promise<void> {
    return this.#session.release();
  }
}

function tensorOf({ rows, columns, values }: Operand): Tensor {
  return new Tensor('float32', values, [rows, columns]);
}
