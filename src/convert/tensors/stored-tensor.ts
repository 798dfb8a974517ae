import { type Floats, widen } from './floats.js';

/** A named tensor of a file. Its values stay in the file until they are read. */
export interface StoredTensor {
  readonly name: string;
  readonly shape: readonly number[];
  /** The file that holds it, for messages. */
  readonly file: string;
  /** The type of its elements; absent if it cannot be converted. */
  readonly floats?: Floats;
  /**
   * Reads the values of a row-major range [from, to) as they are stored, little endian.
   * @throws as `read` does
   */
  bytes(from: number, to: number): Promise<Buffer<ArrayBuffer>>;
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

/** Values as they are stored. */
interface RawFloats {
  floats: Floats;
  bytes: Buffer<ArrayBuffer>;
}

/**
 * A tensor of floats.
 * @param raw reads a range [from, to), and throws for elements that are no floats
 */
export function storedFloats(
  tensor: Pick<StoredTensor, 'name' | 'shape' | 'file' | 'floats'>,
  raw: (from: number, to: number) => Promise<RawFloats>,
): StoredTensor {
  return {
    ...tensor,
    bytes: async (from, to) => (await raw(from, to)).bytes,
    async read(from, to) {
      const { bytes, floats } = await raw(from, to);
      return widen(bytes, floats);
    },
  };
}
