/** A named tensor that can be read when it is needed; nothing of it is held before. */
export interface StoredTensor {
  readonly name: string;
  readonly shape: readonly number[];
  /** Row-major values widened to float32. */
  read(): Promise<Float32Array<ArrayBuffer>>;
}
