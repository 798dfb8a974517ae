import { readFile } from 'node:fs/promises';
import { StructRow, tableFromIPC, Vector } from 'apache-arrow';
import type { Ranking } from '../../src/contracts/ranking.js';
import { openDuckDb, sqlText } from '../../src/tables/duckdb.js';
import { isOwn, OWN_COLUMNS } from '../../src/write/columnar/columns.js';

/** The content of a file of rankings, with values as in JSON. */
export interface ReadBack {
  /** Types by column, in the order of the columns. */
  types: Record<string, string>;
  rows: Record<string, unknown>[];
}

export async function readParquet(file: string): Promise<ReadBack> {
  const database = await openDuckDb();
  try {
    const types = await rowsOf(database.stream(`describe from read_parquet(${sqlText(file)})`));
    const rows = await rowsOf(database.stream(`from read_parquet(${sqlText(file)})`));
    return {
      types: Object.fromEntries(types.map(({ column_name, column_type }) => [`${column_name}`, `${column_type}`])),
      rows,
    };
  } finally {
    database.close();
  }
}

async function rowsOf(chunks: ReturnType<Awaited<ReturnType<typeof openDuckDb>>['stream']>): Promise<ReadBack['rows']> {
  const rows: ReadBack['rows'] = [];
  for await (const chunk of chunks) {
    for (const row of chunk.rows) rows.push(Object.fromEntries(row.map((value, c) => [chunk.columns[c], value])));
  }
  return rows;
}

export async function readArrow(file: string): Promise<ReadBack> {
  const table = tableFromIPC(await readFile(file));
  const fields = table.schema.fields;
  return {
    types: Object.fromEntries(fields.map(({ name, type }) => [name, `${type}`])),
    rows: Array.from({ length: table.numRows }, (_, r) =>
      Object.fromEntries(fields.map(({ name }, c) => [name, plain(table.getChildAt(c)?.get(r))])),
    ),
  };
}

function plain(value: unknown): unknown {
  if (typeof value === 'bigint') return Number.isSafeInteger(Number(value)) ? Number(value) : value;
  if (value instanceof Vector) return [...value].map(plain);
  if (value instanceof StructRow) return Object.fromEntries([...value].map(([name, field]) => [name, plain(field)]));
  return value;
}

/** Only the kept columns. */
export function keptOf(fields: Record<string, unknown>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(fields).filter(([name]) => !isOwn(name)));
}

/** A ranking as a row of columns: null for absent fields, ids as text, kept fields unchanged. */
export function columnarValues({ ...ranking }: Ranking): Record<string, unknown> {
  const own = OWN_COLUMNS.map(({ name }) => [name, (ranking as unknown as Record<string, unknown>)[name] ?? null]);
  const values = { ...Object.fromEntries(own), ...keptOf({ ...ranking }) };
  return { ...values, id: ranking.id === undefined ? null : `${ranking.id}` };
}
