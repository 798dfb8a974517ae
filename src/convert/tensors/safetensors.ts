import { type FileHandle, open } from 'node:fs/promises';
import { StarlingError } from '../../errors.js';
import type { StoredTensor } from './stored-tensor.js';

type Dtype = 'F32' | 'F16' | 'BF16';

const BYTES: Record<Dtype, number> = { F32: 4, F16: 2, BF16: 2 };

/** Larger headers than this are refused by the format's own reader too. Source: huggingface/safetensors, MAX_HEADER_SIZE. */
const MAX_HEADER_BYTES = 100_000_000;

/**
 * Opens a safetensors file and reads only its header: 8 bytes of length (little endian), then JSON of
 * name -> { dtype, shape, data_offsets } with offsets counted from the end of the header.
 * Source: the format section of huggingface/safetensors' README.
 * @throws StarlingError E_CHECKPOINT when the file is missing, truncated or not safetensors.
 */
export async function openSafetensors(file: string): Promise<SafetensorsFile> {
  const handle = await open(file).catch((cause: unknown) => {
    throw new StarlingError(
      'E_CHECKPOINT',
      'the checkpoint has no weights here: expected one safetensors file (not shards, not a PyTorch file)',
      { file },
      cause,
    );
  });
  try {
    return new SafetensorsFile(handle, await readHeader(handle, file));
  } catch (error) {
    await handle.close();
    throw error;
  }
}

export class SafetensorsFile {
  readonly tensors: ReadonlyMap<string, StoredTensor>;
  readonly #handle: FileHandle;

  constructor(handle: FileHandle, tensors: StoredHeader[]) {
    this.#handle = handle;
    this.tensors = new Map(tensors.map((header) => [header.name, this.#tensor(header)]));
  }

  close(): Promise<void> {
    return this.#handle.close();
  }

  #tensor({ name, shape, dtype, start, bytes }: StoredHeader): StoredTensor {
    return {
      name,
      shape,
      read: async () => widen(await readExactly(this.#handle, start, bytes), dtype),
    };
  }
}

interface StoredHeader {
  name: string;
  shape: number[];
  dtype: Dtype;
  /** Byte position in the file. */
  start: number;
  bytes: number;
}

async function readHeader(handle: FileHandle, file: string): Promise<StoredHeader[]> {
  const { size } = await handle.stat();
  if (size < 8) throw broken(file, `it has ${size} bytes, too few for a safetensors header`);
  const length = Number((await readExactly(handle, 0, 8)).readBigUInt64LE());
  if (length > Math.min(size - 8, MAX_HEADER_BYTES))
    throw broken(file, 'its header is longer than the file: truncated, or not safetensors');
  const header = parseHeader(await readExactly(handle, 8, length), file);
  return Object.entries(header)
    .filter(([name]) => name !== '__metadata__')
    .map(([name, entry]) => checkedHeader(name, entry, 8 + length, size, file));
}

function parseHeader(json: Buffer, file: string): object {
  try {
    const header: unknown = JSON.parse(json.toString('utf8'));
    if (typeof header === 'object' && header !== null && !Array.isArray(header)) return header;
  } catch {
    // Told below: what the JSON parser says of binary data helps nobody.
  }
  throw broken(file, 'its header is not JSON: not safetensors, or altered');
}

function checkedHeader(name: string, entry: unknown, dataStart: number, size: number, file: string): StoredHeader {
  const { dtype, shape, data_offsets: offsets } = { ...(entry as Record<string, unknown> | null) };
  if (typeof dtype !== 'string' || !Object.hasOwn(BYTES, dtype)) {
    throw broken(file, `tensor ${name} has dtype ${String(dtype)}; F32, F16 and BF16 can be converted`);
  }
  if (!isCounts(shape) || !isCounts(offsets) || offsets.length !== 2)
    throw broken(file, `tensor ${name} has no valid shape and offsets`);
  const known = dtype as Dtype;
  const [begin = 0, end = 0] = offsets;
  const bytes = shape.reduce((product, extent) => product * extent, BYTES[known]);
  if (end - begin !== bytes)
    throw broken(file, `tensor ${name} of shape [${shape}] needs ${bytes} bytes and has ${end - begin}`);
  if (dataStart + end > size) throw broken(file, `tensor ${name} reaches beyond the end of the file: truncated`);
  return { name, shape, dtype: known, start: dataStart + begin, bytes };
}

function isCounts(value: unknown): value is number[] {
  return Array.isArray(value) && value.every((item) => Number.isSafeInteger(item) && item >= 0);
}

function broken(file: string, what: string): StarlingError {
  return new StarlingError('E_CHECKPOINT', `not a usable checkpoint: ${what}`, { file });
}

async function readExactly(handle: FileHandle, start: number, bytes: number): Promise<Buffer<ArrayBuffer>> {
  const buffer = Buffer.from(new ArrayBuffer(bytes));
  let filled = 0;
  while (filled < bytes) {
    const { bytesRead } = await handle.read(buffer, filled, Math.min(bytes - filled, 1 << 30), start + filled);
    if (bytesRead === 0) throw new StarlingError('E_CHECKPOINT', 'the checkpoint ended while it was read');
    filled += bytesRead;
  }
  return buffer;
}

/** Little-endian stored values as float32; exact for all three dtypes. */
function widen(raw: Buffer<ArrayBuffer>, dtype: Dtype): Float32Array<ArrayBuffer> {
  if (dtype === 'F32') return new Float32Array(raw.buffer, raw.byteOffset, raw.length / 4);
  const halves = new Uint16Array(raw.buffer, raw.byteOffset, raw.length / 2);
  return dtype === 'BF16' ? widenBfloat16(halves) : widenFloat16(halves);
}

/** bfloat16 is the upper half of a float32. */
function widenBfloat16(halves: Uint16Array): Float32Array<ArrayBuffer> {
  const bits = new Uint32Array(halves.length);
  for (let i = 0; i < halves.length; i++) bits[i] = halves[i] << 16;
  return new Float32Array(bits.buffer);
}

/** IEEE 754 binary16: 1 sign, 5 exponent (bias 15), 10 fraction bits. */
function widenFloat16(halves: Uint16Array): Float32Array<ArrayBuffer> {
  const values = new Float32Array(halves.length);
  for (let i = 0; i < halves.length; i++) values[i] = float16(halves[i]);
  return values;
}

function float16(half: number): number {
  const sign = half & 0x8000 ? -1 : 1;
  const exponent = (half >> 10) & 0x1f;
  const fraction = half & 0x3ff;
  if (exponent === 0) return sign * fraction * 2 ** -24;
  if (exponent === 31) return fraction ? Number.NaN : sign * Number.POSITIVE_INFINITY;
  return sign * (1 + fraction / 1024) * 2 ** (exponent - 15);
}
