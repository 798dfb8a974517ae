import { isObject } from '../../json/json-object.js';
import { isCounts } from './counts.js';
import { FLOAT_BYTES, type Floats } from './floats.js';
import { openTensors } from './open-tensors.js';
import { type StoredTensor, type StoredTensors, storedFloats } from './stored-tensor.js';
import type { TensorFile } from './tensor-file.js';

const FLOATS: ReadonlyMap<string, Floats> = new Map([
  ['F32', 'float32'],
  ['F16', 'float16'],
  ['BF16', 'bfloat16'],
]);

/** The limit of the format's own reader. Source: huggingface/safetensors, MAX_HEADER_SIZE. */
const MAX_HEADER_BYTES = 100_000_000;

/**
 * Opens a safetensors file and reads only its header: 8 bytes of length (little endian), then JSON of
 * name -> { dtype, shape, data_offsets } with offsets counted from the end of the header.
 * Source: the format section of huggingface/safetensors' README.
 * @throws StarlingError E_CHECKPOINT when the file is missing, truncated or not safetensors.
 */
export function openSafetensors(file: string): Promise<StoredTensors> {
  return openTensors(file, readHeader);
}

async function readHeader(bytes: TensorFile): Promise<Map<string, StoredTensor>> {
  if (bytes.size < 8) throw bytes.broken(`it has ${bytes.size} bytes, too few for a safetensors header`);
  const length = Number((await bytes.read(0, 8)).readBigUInt64LE());
  if (length > Math.min(bytes.size - 8, MAX_HEADER_BYTES))
    throw bytes.broken('its header is longer than the file: truncated, or not safetensors');
  const entries = parseHeader(await bytes.read(8, length), bytes).map(([name, entry]) => checked(name, entry, bytes));
  checkCover(entries, bytes.size - 8 - length, bytes);
  return new Map(entries.map((entry) => [entry.name, storedTensor(entry, 8 + length, bytes)]));
}

function parseHeader(json: Buffer, bytes: TensorFile): [string, unknown][] {
  const text = json.toString('utf8');
  let header: unknown;
  try {
    header = JSON.parse(text);
  } catch {
    // The check below reports it. The message of a JSON parser about binary data would not help.
  }
  if (!isObject(header)) throw bytes.broken('its header is not a JSON object: not safetensors, or altered');
  const twice = repeatedKey(text);
  if (twice !== undefined) throw bytes.broken(`its header has tensor ${twice} twice`);
  return Object.entries(header).filter(([name]) => name !== '__metadata__');
}

/** Finds a repeated key at the top level of a JSON object. JSON.parse silently keeps the last of them. */
function repeatedKey(json: string): string | undefined {
  const keys = new Set<string>();
  let depth = 0;
  for (const [token, bracket] of json.matchAll(/([{}[\]])|"(?:[^"\\]|\\.)*"(\s*:)?/g)) {
    if (bracket !== undefined) depth += '{['.includes(bracket) ? 1 : -1;
    else if (depth === 1 && token.endsWith(':')) {
      const key: string = JSON.parse(token.slice(0, -1));
      if (keys.has(key)) return key;
      keys.add(key);
    }
  }
  return undefined;
}

interface Entry {
  name: string;
  dtype: string;
  shape: number[];
  /** First byte, counted from the end of the header. */
  begin: number;
  /** One after the last byte. */
  end: number;
}

function checked(name: string, value: unknown, bytes: TensorFile): Entry {
  const { dtype, shape, data_offsets: offsets } = { ...(value as Record<string, unknown> | null) };
  if (typeof dtype !== 'string' || !isCounts(shape) || !isCounts(offsets) || offsets.length !== 2)
    throw bytes.broken(`tensor ${name} has no valid dtype, shape and offsets`);
  const [begin, end] = offsets;
  const floats = FLOATS.get(dtype);
  const size = floats && FLOAT_BYTES[floats];
  const needed = shape.reduce((product, extent) => product * extent, size ?? 0);
  if (size !== undefined && end - begin !== needed)
    throw bytes.broken(`tensor ${name} of shape [${shape}] needs ${needed} bytes and has ${end - begin}`);
  return { name, dtype, shape, begin, end };
}

/** Checks that tensors cover the data from the first byte to the last without gaps. Otherwise the file was altered or cut off. */
function checkCover(entries: readonly Entry[], size: number, bytes: TensorFile): void {
  let covered = 0;
  for (const { name, begin, end } of entries.toSorted((a, b) => a.begin - b.begin || a.end - b.end)) {
    if (begin !== covered)
      throw bytes.broken(`tensor ${name} begins at byte ${begin} of the data, expected ${covered}`);
    if (end > size) throw bytes.broken(`tensor ${name} reaches beyond the end of the file: truncated`);
    covered = end;
  }
  if (covered !== size) throw bytes.broken(`${size - covered} bytes at its end belong to no tensor`);
}

function storedTensor({ name, dtype, shape, begin }: Entry, dataStart: number, bytes: TensorFile): StoredTensor {
  const floats = FLOATS.get(dtype);
  return storedFloats({ name, shape, file: bytes.file, floats }, async (from, to) => {
    if (floats === undefined) throw bytes.broken(`tensor ${name} has dtype ${dtype}; expected F32, F16 or BF16`);
    const size = FLOAT_BYTES[floats];
    return { floats, bytes: await bytes.read(dataStart + begin + from * size, (to - from) * size) };
  });
}
