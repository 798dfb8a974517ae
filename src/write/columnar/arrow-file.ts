import { type FileHandle, open } from 'node:fs/promises';
import { jsonValue } from '../../json/json-text.js';
import { openArrowEncoder } from '../../tables/arrow-reader.js';
import { fileLines } from '../files/file-lines.js';
import { writeAll } from '../files/write-all.js';
import { cellsOf } from './kept-columns.js';
import type { Spool } from './spooled-lines.js';

/** A batch is written when it has this many rows or UTF-16 code units of JSON. */
const BATCH_ROWS = 4096;
const BATCH_CHARACTERS = 2 ** 22;

/** Writes a spool as an Arrow IPC file, with its rows in order. @throws StarlingError E_WRITE */
export async function convertToArrow(spool: Spool, to: string): Promise<void> {
  const file = await open(to, 'wx');
  try {
    await writeBatches(spool, file, to);
  } finally {
    await file.close();
  }
}

async function writeBatches({ path, columns, metadata }: Spool, { fd }: FileHandle, name: string): Promise<void> {
  const encoder = await openArrowEncoder(columns, 'file', metadata);
  for await (const lines of batchesOfLines(path)) {
    const rows = lines.map((line) => cellsOf(columns, jsonValue(line) as Record<string, unknown>));
    await writeAll(fd, encoder.batch(rows), name);
  }
  await writeAll(fd, encoder.end(), name);
}

async function* batchesOfLines(path: string): AsyncGenerator<string[]> {
  let batch: string[] = [];
  let characters = 0;
  for await (const bytes of fileLines(path)) {
    const line = bytes.toString();
    batch.push(line);
    characters += line.length;
    if (batch.length < BATCH_ROWS && characters < BATCH_CHARACTERS) continue;
    yield batch;
    batch = [];
    characters = 0;
  }
  if (batch.length > 0) yield batch;
}
