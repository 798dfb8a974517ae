import { FileBytes } from './file-bytes.js';
import { FLOAT_BYTES, type Floats, widen } from './floats.js';
import type { StoredTensor, StoredTensors } from './stored-tensor.js';

const FLOATS: Readonly<Record<string, Floats>> = { F32: 'float32', F16: 'float16', BF16: 'bfloat16' };

/** Larger headers than this are refused by the format's own reader too. Source: huggingface/safetensors, MAX_HEADER_SIZE. */
const MAX_HEADER_BYTES = 100_000_000;

/**
 * Opens a safetensors file and reads only its header: 8 bytes of length (little endian), then JSON of
 * name -> { dtype, shape, data_offsets } with offsets counted from the end of the header.
 * Source: the format section of huggingface/safetensors' README.
 * @throws StarlingError E_CHECKPOINT when the file is missing, truncated or not safetensors.
 */
export async function openSafetensors(file: string): Promise<StoredTensors> {
  const bytes = await FileBytes.open(file);
  try {
    return { tensors: await readHeader(bytes), close: () => bytes.close() };
  } catch (error) {
    await bytes.close();
    throw error;
  }
}

async function readHeader(bytes: FileBytes): Promise<Map<string, StoredTensor>> {
  if (bytes.size < 8) throw bytes.broken(`it has ${bytes.size} bytes, too few for a safetensors header`);
  const length = Number((await bytes.read(0, 8)).readBigUInt64LE());
  if (length > Math.min(bytes.size - 8, MAX_HEADER_BYTES))
    throw bytes.broken('its header is longer than the file: truncated, or not safetensors');
  const header = parseHeader(await bytes.read(8, length), bytes);
  const entries = Object.entries(header).filter(([name]) => name !== '__metadata__');
  return new Map(entries.map(([name, entry]) => [name, storedTensor(name, entry, 8 + length, bytes)]));
}

function parseHeader(json: Buffer, bytes: FileBytes): object {
  try {
    const header: unknown = JSON.parse(json.toString('utf8'));
    if (typeof header === 'object' && header !== null && !Array.isArray(header)) return header;
  } catch {
    // Told below: what the JSON parser says of binary data helps nobody.
  }
  throw bytes.broken('its header is not JSON: not safetensors, or altered');
}

/** @param dataStart where the header ends */
function storedTensor(name: string, entry: unknown, dataStart: number, bytes: FileBytes): StoredTensor {
  const { dtype, shape, data_offsets: offsets } = { ...(entry as Record<string, unknown> | null) };
  if (typeof dtype !== 'string' || !isCounts(shape) || !isCounts(offsets) || offsets.length !== 2)
    throw bytes.broken(`tensor ${name} has no valid dtype, shape and offsets`);
  const [begin, end] = offsets;
  if (dataStart + end > bytes.size) throw bytes.broken(`tensor ${name} reaches beyond the end of the file: truncated`);
  const floats = Object.hasOwn(FLOATS, dtype) ? FLOATS[dtype] : undefined;
  const size = floats === undefined ? undefined : FLOAT_BYTES[floats];
  const needed = shape.reduce((product, extent) => product * extent, size ?? 0);
  if (size !== undefined && end - begin !== needed)
    throw bytes.broken(`tensor ${name} of shape [${shape}] needs ${needed} bytes and has ${end - begin}`);
  return {
    name,
    shape,
    file: bytes.file,
    async read(from, to) {
      if (floats === undefined || size === undefined)
        throw bytes.broken(`tensor ${name} has dtype ${dtype}; F32, F16 and BF16 can be converted`);
      return widen(await bytes.read(dataStart + begin + from * size, (to - from) * size), floats);
    },
  };
}

function isCounts(value: unknown): value is number[] {
  return Array.isArray(value) && value.every((item) => Number.isSafeInteger(item) && item >= 0);
}
