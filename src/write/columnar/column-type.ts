/**
 * The type of a kept column (a field copied from the input), as far as its values are known. `nothing`: only null so far. `json`: no
 * single type holds the values, or Parquet has no type for them; each is then written as JSON text. `long`: integers that no double
 * holds. Other integers widen to doubles. Structs widen to all keys that were seen.
 */
export type KnownType =
  | 'nothing'
  | 'boolean'
  | 'int64'
  | 'long'
  | 'double'
  | 'string'
  | 'json'
  | { list: KnownType }
  | { struct: ReadonlyMap<string, KnownType> };

/** A type that a column can be written with. */
export type SettledType =
  | 'boolean'
  | 'int64'
  | 'double'
  | 'string'
  | { list: SettledType }
  | { struct: ReadonlyMap<string, SettledType> };

/** Values that are nested deeper or have more keys are written as JSON text. */
const DEEPEST = 16;
const MOST_KEYS = 256;

const NO_KEYS: { struct: ReadonlyMap<string, KnownType> } = { struct: new Map() };

/** The type that holds this value and all before it; the same object if it does not change. If a part is `json`, the whole is. */
export function widened(type: KnownType, value: unknown, depth = 0): KnownType {
  if (type === 'json' || isNull(value)) return type;
  if (depth > DEEPEST) return 'json';
  if (Array.isArray(value)) return widenedList(type, value, depth);
  if (typeof value === 'object') return widenedStruct(type, value as object, depth);
  return either(type, scalarType(value));
}

/** Whether all values of a column have been seen, or only some, so that later values should fit too. */
export type Seen = 'all' | 'some';

/**
 * The type to write a column with, or `json`. A part without any value is text if all values have been seen. If not, the whole column is
 * JSON, which holds any value. If fractions may still come, integers are doubles, and `long` ones are JSON.
 */
export function settled(type: KnownType, seen: Seen): SettledType | 'json' {
  if (type === 'nothing') return seen === 'all' ? 'string' : 'json';
  if (type === 'int64' && seen === 'some') return 'double';
  if (type === 'long') return seen === 'all' ? 'int64' : 'json';
  if (typeof type === 'string') return type;
  if ('list' in type) {
    const list = settled(type.list, seen);
    return list === 'json' ? list : { list };
  }
  const struct = new Map<string, SettledType>();
  for (const [name, field] of type.struct) {
    const known = settled(field, seen);
    if (known === 'json') return known;
    struct.set(name, known);
  }
  return struct.size === 0 ? 'json' : { struct };
}

/** NaN and the infinities are null in JSON. */
function isNull(value: unknown): boolean {
  return value === null || value === undefined || (typeof value === 'number' && !Number.isFinite(value));
}

function scalarType(value: unknown): KnownType {
  if (typeof value === 'boolean') return 'boolean';
  if (typeof value === 'number') return Number.isSafeInteger(value) ? 'int64' : 'double';
  if (typeof value === 'bigint') return BigInt.asIntN(64, value) === value ? 'long' : 'string';
  return 'string';
}

function either(type: KnownType, other: KnownType): KnownType {
  if (type === other || type === 'nothing') return other;
  const among = (...numbers: KnownType[]) => numbers.includes(type) && numbers.includes(other);
  if (among('int64', 'long')) return 'long';
  return among('int64', 'double') ? 'double' : 'json';
}

function widenedList(type: KnownType, values: readonly unknown[], depth: number): KnownType {
  if (type !== 'nothing' && (typeof type === 'string' || !('list' in type))) return 'json';
  const before = type === 'nothing' ? type : type.list;
  let item: KnownType = before;
  for (const value of values) item = widened(item, value, depth + 1);
  if (item === 'json') return 'json';
  return type !== 'nothing' && item === before ? type : { list: item };
}

function widenedStruct(type: KnownType, value: object, depth: number): KnownType {
  if (type !== 'nothing' && (typeof type === 'string' || !('struct' in type))) return 'json';
  const known = type === 'nothing' ? NO_KEYS : type;
  let struct: Map<string, KnownType> | undefined;
  for (const [name, field] of Object.entries(value)) {
    const before = known.struct.get(name);
    const after = widened(before ?? 'nothing', field, depth + 1);
    if (after === 'json') return 'json';
    if (after === before) continue;
    struct ??= new Map(known.struct);
    if (before === undefined && !mayBeKey(name, struct)) return 'json';
    struct.set(name, after);
  }
  return struct === undefined ? known : { struct };
}

/** DuckDB requires keys that are not empty and that differ in more than case. */
function mayBeKey(name: string, struct: ReadonlyMap<string, KnownType>): boolean {
  if (name === '' || name.includes('\0') || struct.size >= MOST_KEYS) return false;
  const folded = name.toLowerCase();
  return [...struct.keys()].every((key) => key.toLowerCase() !== folded);
}
