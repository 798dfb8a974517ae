import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { openArrowEncoder } from '../../../src/tables/arrow-reader.js';
import { openDuckDb, sqlText } from '../../../src/tables/duckdb.js';
import { LONG_FLAGS, longTable, type NectarRow, nectarLines, WIDE_FLAGS, wideTable } from './table-rows.js';

/** The same rows in a file or folder, and the flags that read them. */
export interface TableFile {
  name: string;
  path: string;
  flags: readonly string[];
  /** Whether the rows and their answers stand in another order. */
  isShuffled?: boolean;
}

/** Writes rows in every format and shape of this list; the first is JSON Lines of Nectar. */
export async function writeTableFiles(rows: readonly NectarRow[], folder: string): Promise<TableFile[]> {
  const write = (name: string, content: string) => {
    const path = join(folder, name);
    writeFileSync(path, content);
    return { name, path };
  };
  const jsonl = write('nectar.jsonl', nectarLines(rows));
  const parquet = join(folder, 'nectar.parquet');
  const database = await openDuckDb();
  await database.run(`COPY (SELECT * FROM read_json(${sqlText(jsonl.path)})) TO ${sqlText(parquet)} (FORMAT parquet)`);
  database.close();
  return [
    { ...jsonl, flags: [] },
    { ...write('wide.csv', wideTable(rows)), flags: WIDE_FLAGS },
    { ...write('long.csv', longTable(rows)), flags: LONG_FLAGS },
    { ...write('long-gathered.csv', longTable(rows)), flags: [...LONG_FLAGS, '--unsorted'] },
    { name: 'nectar.parquet', path: parquet, flags: [] },
    { name: 'save_to_disk', path: await writeSaved(rows, join(folder, 'saved')), flags: [] },
    {
      ...write('shuffled.csv', longTable(rows, { shuffled: true })),
      flags: [...LONG_FLAGS, '--unsorted'],
      isShuffled: true,
    },
  ];
}

/** A DatasetDict with one split in two files, as `save_to_disk` of datasets lays it out. */
async function writeSaved(rows: readonly NectarRow[], folder: string): Promise<string> {
  const split = join(folder, 'train');
  mkdirSync(split, { recursive: true });
  writeFileSync(join(folder, 'dataset_dict.json'), JSON.stringify({ splits: ['train'] }));
  const half = Math.ceil(rows.length / 2);
  const names = ['data-00000-of-00002.arrow', 'data-00001-of-00002.arrow'];
  for (const [i, name] of names.entries()) {
    writeFileSync(join(split, name), await arrowStream(rows.slice(i * half, (i + 1) * half)));
  }
  writeFileSync(join(split, 'state.json'), JSON.stringify({ _data_files: names.map((filename) => ({ filename })) }));
  return folder;
}

async function arrowStream(rows: readonly NectarRow[]): Promise<Buffer> {
  const answer = new Map([
    ['answer', 'string'],
    ['model', 'string'],
    ['rank', 'double'],
  ] as const);
  const columns = [
    { name: 'id', type: 'string' },
    { name: 'prompt', type: 'string' },
    { name: 'answers', type: { list: { struct: answer } } },
    { name: 'turns', type: 'int64' },
    { name: 'source', type: { list: 'string' } },
    { name: 'good_natured', type: 'boolean' },
  ] as const;
  const encoder = await openArrowEncoder(columns, 'stream');
  const batch = encoder.batch(rows.map((row) => columns.map(({ name }) => row[name])));
  return Buffer.concat([batch, encoder.end()]);
}
