/** A named tensor of a file; nothing of it is held before it is read. */
export interface StoredTensor {
  readonly name: string;
  readonly shape: readonly number[];
  /** Where it lies, for messages. */
  readonly file: string;
  /**
   * The values from one row-major position to another, widened to float32.
   * @throws StarlingError E_CHECKPOINT when its values are of another kind, or the file ends before them
   */
  read(from: number, to: number): Promise<Float32Array<ArrayBuffer>>;
}

/** The tensors of one file, or of all files of a checkpoint, by name. */
export interface StoredTensors {
  readonly tensors: ReadonlyMap<string, StoredTensor>;
  close(): Promise<void>;
}

/** The tensors of a checkpoint, in whatever files it keeps them. */
export interface CheckpointTensors extends StoredTensors {
  /** The file that is the checkpoint's: the one with all tensors, or the index of the shards. */
  readonly file: string;
  /** Names in the folder of all files that were opened, the index included. */
  readonly files: readonly string[];
}
