import { refuseRepeated } from '../field-names.js';
import { FlatTable } from './flat-table.js';

/** Kinds of Arrow IPC messages, as numbered in their metadata. */
export const SCHEMA = 1;
export const DICTIONARY = 2;
export const BATCH = 3;

/** A message in the footer of a file. */
export interface Block {
  kind: typeof DICTIONARY | typeof BATCH;
  /** Byte offset in the file. */
  at: number;
}

export interface MessageHead {
  kind: number;
  /** Bytes that follow the metadata. */
  bodyLength: number;
  /** Only for a schema. */
  columns?: Columns;
}

/** For each column of a schema, the number of its lengths in a batch: its own, and one for each field inside it. */
export type Columns = readonly number[];

/** A type of Arrow that is not supported. `message` says what to do. */
export class UnreadType extends Error {
  readonly field: string;

  constructor(field: string, type: string, instead: string) {
    super(`Arrow's type ${type} is not read; cast the column to ${instead} and write the file again`);
    this.name = 'UnreadType';
    this.field = field;
  }
}

/** Positions of the fields in the tables of Message.fbs, Schema.fbs and File.fbs of Apache Arrow. */
const MESSAGE = { version: 0, kind: 1, header: 2, bodyLength: 3, metadata: 4 } as const;
const FOOTER = { version: 0, schema: 1, dictionaries: 2, batches: 3 } as const;
const SCHEMA_TABLE = { endianness: 0, fields: 1, metadata: 2 } as const;
const FIELD = { name: 0, kind: 2, type: 3, dictionary: 4, children: 5, metadata: 6 } as const;
const DICTIONARY_TABLE = { data: 1 } as const;
const BATCH_TABLE = { length: 0, nodes: 1, buffers: 2, compression: 3, counts: 4 } as const;

/** V4 and V5. Older versions are from before 2017. */
const VERSIONS = [3, 4];

/** Bytes of a block: an offset, the length of the metadata, four bytes of padding, the length of the body. */
const BLOCK_BYTES = 24;
/** Bytes of a node (a field's values and nulls) and of a buffer (its offset and length). */
const PAIR_BYTES = 16;
const LONG_BYTES = 8;
const LONG_BITS = 64;

/** Writers pad buffers to a multiple of 8 or 64 bytes. The largest alignment possible is that of pages. */
const MOST_PADDING = 2 ** 16;

/** Digits of a 256-bit decimal. */
const MOST_DIGITS = 76;

/** A numeric parameter of a type that the library relies on: its position in the type's table, and its valid values. */
interface Parameter {
  field: number;
  allowed: (value: number) => boolean;
  /** 16 bits, else 32. */
  short?: boolean;
}

const isUnit: Parameter['allowed'] = (value) => value >= 0 && value <= 3;
const isWidth: Parameter['allowed'] = (value) => [8, 16, 32, 64].includes(value);
const isSize: Parameter['allowed'] = (value) => value >= 0;

/** Parameters by the number of the type. Other types have none that need a check. */
const PARAMETERS: Readonly<Record<number, readonly Parameter[]>> = {
  2: [{ field: 0, allowed: isWidth }],
  3: [{ field: 0, allowed: (precision) => precision >= 0 && precision <= 2, short: true }],
  7: [
    { field: 0, allowed: (digits) => digits > 0 && digits <= MOST_DIGITS },
    { field: 1, allowed: (scale) => Math.abs(scale) <= MOST_DIGITS },
  ],
  9: [{ field: 0, allowed: isUnit, short: true }],
  10: [{ field: 0, allowed: isUnit, short: true }],
  15: [{ field: 0, allowed: isSize }],
  16: [{ field: 0, allowed: isSize }],
  18: [{ field: 0, allowed: isUnit, short: true }],
};

/**
 * Types whose tables are checked further: a timestamp has a time zone, a struct has named fields, a union has the numbers of its members.
 */
const TIMESTAMP = 10;
const STRUCT = 13;
const UNION = 14;
const MOST_TYPE = 26;

const UNREAD: Readonly<Record<number, readonly [string, string]>> = {
  22: ['run_end_encoded', 'the type of its values'],
  25: ['list_view', 'a list'],
  26: ['large_list_view', 'a large_list'],
};

/**
 * Checks the metadata of a message before the library reads it. The library trusts every number in it: it follows offsets out of bounds and
 * in circles, allocates lists of any stated length, and extends columns that are too short.
 * @param columns the columns of the schema before it
 * @throws Error naming the damage; UnreadType
 */
export function messageHead(bytes: Uint8Array, columns: Columns = []): MessageHead {
  const message = FlatTable.root(bytes);
  checkVersion(message.number(MESSAGE.version, 'Int16'));
  const kind = message.number(MESSAGE.kind, 'Uint8');
  const header = message.table(MESSAGE.header);
  const bodyLength = Number(message.long(MESSAGE.bodyLength));
  if (header === undefined) throw new Error('a message is empty');
  if (bodyLength < 0) throw new Error('the body of a message has a negative length');
  checkPairs(message, MESSAGE.metadata);
  if (kind === SCHEMA) return { kind, bodyLength, columns: columnsOf(header) };
  if (kind === BATCH) checkColumns(checkBatch(header, bodyLength), columns);
  else if (kind === DICTIONARY) checkBatch(needed(header.table(DICTIONARY_TABLE.data)), bodyLength);
  else throw new Error(`a message of an unknown kind (${kind})`);
  return { kind, bodyLength };
}

/** Checks the footer of a file as `messageHead` does, and returns its schema and the list of its messages. */
export function footerOf(bytes: Uint8Array): { columns: Columns; blocks: Block[] } {
  const footer = FlatTable.root(bytes);
  checkVersion(footer.number(FOOTER.version, 'Int16'));
  const columns = columnsOf(needed(footer.table(FOOTER.schema)));
  const blocks = [
    ...blocksOf(footer.items(FOOTER.dictionaries, BLOCK_BYTES), DICTIONARY),
    ...blocksOf(footer.items(FOOTER.batches, BLOCK_BYTES), BATCH),
  ];
  return { columns, blocks };
}

function blocksOf(items: DataView, kind: Block['kind']): Block[] {
  return Array.from({ length: items.byteLength / BLOCK_BYTES }, (_, i) => {
    return { kind, at: Number(items.getBigInt64(i * BLOCK_BYTES, true)) };
  });
}

function checkVersion(version: number): void {
  if (!VERSIONS.includes(version)) throw new Error(`its metadata are of an unknown version (${version})`);
}

function columnsOf(schema: FlatTable): Columns {
  if (schema.number(SCHEMA_TABLE.endianness, 'Int16') !== 0) {
    throw new Error('its numbers are big-endian, expected little-endian');
  }
  checkPairs(schema, SCHEMA_TABLE.metadata);
  const fields = schema.tables(SCHEMA_TABLE.fields);
  refuseRepeated(namesOf(fields), '');
  return fields.map((field) => checkField(field, ''));
}

/**
 * @param parent the path of the parent field with a dot at its end
 * @returns the number of its lengths in a batch; 1 if a dictionary holds the values, as their lengths are then in the dictionary's batch
 */
function checkField(field: FlatTable, parent: string): number {
  const path = `${parent}${field.text(FIELD.name)}`;
  const kind = field.number(FIELD.kind, 'Uint8');
  if (kind > MOST_TYPE) throw new Error(`${path} is of an unknown type (${kind})`);
  if (kind in UNREAD) throw new UnreadType(path, ...UNREAD[kind]);
  const type = field.table(FIELD.type);
  if (type !== undefined) checkType(type, kind, path);
  else if (kind in PARAMETERS || kind === UNION) throw new Error(`${path} has no type`);
  const dictionary = field.table(FIELD.dictionary);
  const index = dictionary?.table(1);
  if (index !== undefined) checkType(index, 2, path);
  // The library would mix these bigints with numbers, which throws.
  if (index !== undefined && index.number(0, 'Int32') === LONG_BITS)
    throw new UnreadType(path, 'dictionary with indices of 64 bits', 'one with indices of 32 bits, or to its values');
  checkPairs(field, FIELD.metadata);
  const children = field.tables(FIELD.children);
  if (kind === STRUCT) refuseRepeated(namesOf(children), `${path}.`);
  const lengths = children.reduce((sum, child) => sum + checkField(child, `${path}.`), 1);
  return dictionary === undefined ? lengths : 1;
}

function namesOf(fields: readonly FlatTable[]): string[] {
  return fields.map((field) => field.text(FIELD.name));
}

function checkType(type: FlatTable, kind: number, path: string): void {
  for (const { field, allowed, short } of PARAMETERS[kind] ?? []) {
    const value = type.number(field, short ? 'Int16' : 'Int32');
    if (!allowed(value)) throw new Error(`the type of ${path} has an impossible parameter (${value})`);
  }
  if (kind === TIMESTAMP) type.text(1);
  if (kind === UNION) type.items(1, 4);
}

/** Checks the custom metadata: pairs of a key and a value. */
function checkPairs(holder: FlatTable, field: number): void {
  for (const pair of holder.tables(field)) for (const text of [0, 1]) pair.text(text);
}

interface Lengths {
  rows: bigint;
  nodes: readonly (readonly [length: bigint, nulls: bigint])[];
}

function checkBatch(batch: FlatTable, bodyLength: number): Lengths {
  const rows = batch.long(BATCH_TABLE.length);
  checkLength(rows);
  const nodes = [...pairs(batch.items(BATCH_TABLE.nodes, PAIR_BYTES))];
  for (const [length, nulls] of nodes) {
    checkLength(length);
    if (nulls < 0n || nulls > length) throw new Error('a column has more nulls than values');
  }
  const buffers = [...pairs(batch.items(BATCH_TABLE.buffers, PAIR_BYTES))];
  batch.table(BATCH_TABLE.compression);
  checkBody(buffers, bodyLength);
  checkCounts(batch.items(BATCH_TABLE.counts, LONG_BYTES), buffers.length);
  return { rows, nodes };
}

function checkColumns({ rows, nodes }: Lengths, columns: Columns): void {
  let node = 0;
  for (const lengths of columns) {
    if (nodes[node]?.[0] !== rows) throw new Error('a column has another length than its batch');
    node += lengths;
  }
  if (node !== nodes.length) throw new Error('a batch has other columns than its schema');
}

function* pairs(items: DataView): Generator<readonly [bigint, bigint]> {
  for (let at = 0; at < items.byteLength; at += PAIR_BYTES) {
    yield [items.getBigInt64(at, true), items.getBigInt64(at + LONG_BYTES, true)];
  }
}

function checkLength(length: bigint): void {
  if (length < 0n || length > BigInt(Number.MAX_SAFE_INTEGER)) throw new Error('a column has an impossible length');
}

/** Rejects oversized bodies: a corrupt length would buffer the rest of the file. */
function checkBody(buffers: readonly (readonly [bigint, bigint])[], bodyLength: number): void {
  let end = 0;
  for (const [offset, length] of buffers) {
    if (offset < 0n || length < 0n) throw new Error('a buffer lies outside of its batch');
    end = Math.max(end, Number(offset + length));
  }
  if (end > bodyLength) throw new Error('a buffer lies outside of its batch');
  if (bodyLength - end > MOST_PADDING) throw new Error('a batch is longer than what it holds');
}

/** Checks the number of buffers of each column with views. */
function checkCounts(items: DataView, most: number): void {
  for (let at = 0; at < items.byteLength; at += LONG_BYTES) {
    const count = items.getBigInt64(at, true);
    if (count < 0n || count > BigInt(most)) throw new Error('a column has more buffers than its batch');
  }
}

function needed(table: FlatTable | undefined): FlatTable {
  if (table === undefined) throw new Error('its metadata lack a part');
  return table;
}
