import { randomUUID } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { messageOf, type Place, RowError, StarlingError } from '../../contracts/errors.js';
import { isObject, type JsonObject } from '../../json/json-object.js';
import { jsonText, jsonValue } from '../../json/json-text.js';
import { type Database, type DuckDbChunk, openDuckDb } from '../../tables/duckdb.js';
import { Group } from './group.js';
import type { GroupFields } from './group-fields.js';
import type { Member } from './groups.js';

/** Marks a text that stands for a number that JSON lacks. It is random, so no input can contain it. */
const MARK = `${randomUUID()}:`;

/** In MiB; what does not fit is on the disk. */
const MEMORY = 384;

/**
 * Gathers the rows of each group, which may stand anywhere, in a database on the disk, in the folder for temporary files. Groups come in
 * the order of their first rows, and their rows in that of the table. Rows that cannot be read may be answers of any group; they come
 * last, each as a group of its own.
 * @throws StarlingError E_RESOURCES if the disk cannot hold them
 */
export async function* gathered(
  members: AsyncIterable<Member>,
  fields: GroupFields,
  signal?: AbortSignal,
): AsyncGenerator<Group> {
  const folder = await orNoRoom(tmpdir(), () => mkdtemp(join(tmpdir(), 'starling-rm-groups-')));
  try {
    const database = await openDuckDb({ threads: 2, memory: MEMORY, folder });
    try {
      const count = await store(database, members, folder);
      yield* stored(database, count, fields, folder, signal);
    } finally {
      database.close();
    }
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

async function store(database: Database, members: AsyncIterable<Member>, folder: string): Promise<number> {
  const rows = await orNoRoom(folder, async () => {
    await database.run('CREATE TABLE rows (seq BIGINT, key VARCHAR, place VARCHAR, content VARCHAR)');
    return database.append('rows');
  });
  let seq = 0;
  for await (const member of members) {
    const content = member instanceof RowError ? refusalOf(member) : member.record;
    const key = member instanceof RowError ? null : member.key;
    await orNoRoom(folder, () => rows.add([BigInt(seq++), key, jsonText(member.place), jsonText(marked(content))]));
  }
  await orNoRoom(folder, () => rows.close());
  return seq;
}

/** NaN and infinities, which Parquet and Arrow have, as marked texts. */
function marked(value: unknown): unknown {
  if (typeof value === 'number') return Number.isFinite(value) ? value : MARK + value;
  if (Array.isArray(value)) return value.map(marked);
  return isObject(value)
    ? Object.fromEntries(Object.entries(value).map(([name, item]) => [name, marked(item)]))
    : value;
}

function valueIn(text: string): JsonObject {
  const value = jsonValue(text) as JsonObject;
  return text.includes(MARK) ? (unmarked(value) as JsonObject) : value;
}

function unmarked(value: unknown): unknown {
  if (typeof value === 'string') return value.startsWith(MARK) ? Number(value.slice(MARK.length)) : value;
  if (Array.isArray(value)) return value.map(unmarked);
  return isObject(value)
    ? Object.fromEntries(Object.entries(value).map(([name, item]) => [name, unmarked(item)]))
    : value;
}

/** What is needed to make the error of a row again. */
function refusalOf({ code, message, refused }: RowError): JsonObject {
  return { code, message, refused };
}

const IN_ORDER = `SELECT rows.key, place, content
  FROM rows LEFT JOIN (SELECT key, min(seq) AS first FROM rows WHERE key IS NOT NULL GROUP BY key) AS groups
  ON rows.key = groups.key ORDER BY first NULLS LAST, seq`;

async function* stored(
  database: Database,
  expected: number,
  fields: GroupFields,
  folder: string,
  signal: AbortSignal | undefined,
): AsyncGenerator<Group> {
  let open: Group | undefined;
  let count = 0;
  for await (const { rows } of chunksOf(database, folder, signal)) {
    for (const [key, place, content] of rows) {
      count++;
      const at = jsonValue(String(place)) as Place;
      const value = valueIn(String(content));
      const isSame = key !== null && open?.key === key;
      if (!isSame && open !== undefined) yield open;
      if (!isSame) open = new Group(String(key ?? ''), fields);
      if (key === null) open?.spoil(errorOf(value, at));
      else open?.add({ record: value, place: at });
    }
  }
  if (signal?.aborted) return;
  // If a query fails after its first rows, its stream ends without an error.
  if (count !== expected) throw noRoom(folder, new Error(`the database gave ${count} of ${expected} rows`));
  if (open !== undefined) yield open;
}

async function* chunksOf(
  database: Database,
  folder: string,
  signal: AbortSignal | undefined,
): AsyncGenerator<DuckDbChunk> {
  const chunks = database.stream(IN_ORDER, [], signal);
  try {
    for (;;) {
      const { done, value } = await orNoRoom(folder, () => chunks.next());
      if (done) return;
      yield value;
    }
  } finally {
    await chunks.return(undefined);
  }
}

function errorOf({ code, message, refused }: JsonObject, place: Place): RowError {
  const error = new RowError(code as RowError['code'], String(message), place);
  if (refused !== undefined) error.refused = refused as RowError['refused'];
  return error;
}

async function orNoRoom<Value>(folder: string, work: () => Value | Promise<Value>): Promise<Value> {
  try {
    return await work();
  } catch (cause) {
    throw noRoom(folder, cause);
  }
}

function noRoom(folder: string, cause: unknown): StarlingError {
  const message = `the groups could not be gathered in ${folder}: ${messageOf(cause)}; name a folder with more room in TMPDIR, or sort the table and leave out --unsorted`;
  return new StarlingError('E_RESOURCES', message, {}, cause);
}
