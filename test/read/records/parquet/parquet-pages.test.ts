import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { isDeepStrictEqual } from 'node:util';
import { RowError, StarlingError } from '../../../../src/contracts/errors.js';
import { LIMITS, openInputs } from '../../../../src/read/inputs/inputs.js';
import { type RowOptions, readRows } from '../../../../src/read/rows.js';
import { parquetBytes } from '../../../cli/score/bad-files.js';
import { ROOT } from '../../../root.js';
import { TempFolder } from '../../temp-folder.js';

const folder = new TempFolder();
const MADE = ['v1-snappy', 'v2-zstd', 'v1-plain'];
const ROWS = 90;
const GROUP = 30;
/** Bytes between two changed bytes; it is coprime to the sizes of values. */
const STRIDE = 97;

const bytesOf = (name: string) =>
  readFileSync(join(ROOT, 'test/read/records/parquet/parquet-pages', `${name}.parquet`));

interface Outcome {
  records: unknown[];
  error?: StarlingError;
}

async function outcomeOf(bytes: Buffer, options: Partial<RowOptions> = {}): Promise<Outcome> {
  const records: unknown[] = [];
  try {
    for await (const row of readRows(await openInputs([folder.file(bytes)]), { ...LIMITS, ...options })) {
      records.push(row instanceof RowError ? String(row) : row.record);
    }
  } catch (error) {
    assert.ok(error instanceof StarlingError, String(error));
    return { records, error };
  }
  return { records };
}

/** Offset of the footer, which has no checksums. */
const endOfPages = (bytes: Buffer) => bytes.length - 8 - bytes.readUInt32LE(bytes.length - 8);

for (const name of MADE) {
  test(`a changed byte of ${name}, every ${STRIDE}th in turn, leaves the same rows or ends the run`, async () => {
    const bytes = bytesOf(name);
    const sound = await outcomeOf(bytes);
    assert.deepEqual([sound.records.length, sound.error], [ROWS, undefined]);
    let ended = 0;
    for (let at = 4; at < endOfPages(bytes); at += STRIDE) {
      const damaged = Buffer.from(bytes);
      damaged[at] ^= 1 << (at % 8);
      const { records, error } = await outcomeOf(damaged);
      if (error === undefined) assert.ok(isDeepStrictEqual(records, sound.records), `byte ${at}: other rows`);
      else {
        ended++;
        assert.equal(error.code, 'E_READ', `byte ${at}: ${error}`);
        assert.equal(records.length % GROUP, 0, `byte ${at}`);
        assert.deepEqual(records, sound.records.slice(0, records.length), `byte ${at}: other rows before the error`);
      }
    }
    assert.ok(ended > 20, `${ended}`);
  });
}

test('an error names the page with a wrong checksum, after the rows of the row groups before it', async () => {
  const bytes = bytesOf('v1-plain');
  const at = bytes.indexOf('hi 45');
  bytes.write('ho', at);
  const { records, error } = await outcomeOf(bytes);
  assert.equal(records.length, GROUP);
  assert.match(
    String(error),
    /^E_READ: \S+: the Parquet data cannot be read, after 30 rows: the CRC-32 of a page does not match, in row group 1, column prompt, at byte \d+$/,
  );
  const byte = Number(/at byte (\d+)/.exec(String(error))?.[1]);
  assert.ok(byte < at && at - byte < 200, `${byte} is before ${at}`);
});

test('with --where, damage in rows that are not selected ends the run too', async () => {
  const bytes = bytesOf('v1-plain');
  bytes.write('ho', bytes.indexOf('hi 45'));
  const before = await outcomeOf(bytes, { where: "prompt = 'hi 3'" });
  assert.equal(before.records.length, 1);
  assert.equal(before.error?.code, 'E_READ');
  const hidden = await outcomeOf(bytes, { where: "prompt = 'hi 45'" });
  assert.deepEqual([hidden.records.length, hidden.error?.code], [0, 'E_READ']);
  const sound = await outcomeOf(bytesOf('v1-plain'), { where: "prompt IN ('hi 3', 'hi 45')" });
  assert.deepEqual([sound.records.length, sound.error], [2, undefined]);
});

test('damage after the rows that --limit leaves is ignored', async () => {
  const bytes = bytesOf('v1-plain');
  bytes.write('ho', bytes.indexOf('hi 75'));
  const rows = readRows(await openInputs([folder.file(bytes)]), LIMITS);
  for (let i = 0; i < GROUP; i++) assert.equal((await rows.next()).done, false);
  await rows.return(undefined);
});

test('pages without a checksum, as DuckDB writes them, are read as before', async () => {
  const query = `SELECT 'hi ' || i AS prompt, ['a', 'b'] AS answers FROM range(5000) t(i) ORDER BY i`;
  for (const options of ['COMPRESSION zstd', 'COMPRESSION uncompressed, ROW_GROUP_SIZE 2048']) {
    const { records, error } = await outcomeOf(await parquetBytes(query, options));
    assert.deepEqual([records.length, error], [5000, undefined], options);
  }
});
