/** A named tensor of a file. Its values stay in the file until they are read. */
export interface StoredTensor {
  readonly name: string;
  readonly shape: readonly number[];
  /** The file that holds it, for messages. */
  readonly file: string;
  /**
   * Reads the values of a row-major range [from, to), widened to float32.
   * @throws StarlingError E_CHECKPOINT when the element type cannot be converted, or the file is truncated or damaged
   */
  read(from: number, to: number): Promise<Float32Array<ArrayBuffer>>;
}

/** The tensors of one file, or of all files of a checkpoint, by name. */
export interface StoredTensors {
  readonly tensors: ReadonlyMap<string, StoredTensor>;
  close(): Promise<void>;
}

/** The tensors of a checkpoint of one or more files. */
export interface CheckpointTensors extends StoredTensors {
  /** The file for messages: the one with all tensors, or the index of the shards. */
  readonly file: string;
  /** Names of all opened files relative to the folder, the index included. */
  readonly files: readonly string[];
}
