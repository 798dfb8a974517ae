import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { Binary, Dictionary, Field, Int32, List, Table, tableToIPC, Utf8, vectorFromArray } from 'apache-arrow';
import { RowError } from '../../../../src/contracts/errors.js';
import { LIMITS, openInputs } from '../../../../src/read/inputs/inputs.js';
import { arrowRows } from '../../../../src/read/records/arrow/arrow.js';
import { readRows } from '../../../../src/read/rows.js';
import { openArrowEncoder } from '../../../../src/tables/arrow-reader.js';
import { arrowBytes } from '../../../cli/score/bad-files.js';
import { LIMIT } from '../../../limit.js';
import { ROOT } from '../../../root.js';
import { collect } from '../../collect.js';
import { TempFolder } from '../../temp-folder.js';

const folder = new TempFolder();

async function rowsIn(bytes: Uint8Array) {
  return collect(readRows(await openInputs([folder.file(Buffer.from(bytes))]), LIMITS));
}

const LAYOUTS = ['file', 'stream'] as const;

for (const layout of LAYOUTS) {
  test(`no flipped bit in a ${layout} of Arrow makes the reader hang, take all memory or silently lose rows`, async () => {
    const rows = 3;
    const path = folder.file(await arrowBytes(layout, rows));
    const script = fileURLToPath(new URL('./flip-arrow.js', import.meta.url));
    const limits = { encoding: 'utf8', ...LIMIT } as const;
    const { status, stdout, stderr } = spawnSync(
      process.execPath,
      ['--max-old-space-size=300', script, path, '1000'],
      limits,
    );
    const outcomes = stdout.trimEnd().split('\n');
    assert.equal(status, 0, `after ${outcomes.at(-1)}: ${stderr}`);
    assert.equal(outcomes.length, 1000);
    for (const line of outcomes) assert.match(line, / ([0-3] E_READ|3 good|3 refused)$/);
    assert.ok(outcomes.filter((line) => line.endsWith('E_READ')).length > 100);
  });
}

test('a file whose footer leaves out a batch or names one twice is damaged', async () => {
  const bytes = await arrowBytes('file', 3);
  const footerAt = bytes.length - 10 - bytes.readInt32LE(bytes.length - 10);
  const countAt = bytes.indexOf(Buffer.from([3, 0, 0, 0]), footerAt);
  const fewer = Buffer.from(bytes);
  fewer[countAt] = 2;
  await assert.rejects(rowsIn(fewer), { code: 'E_READ', message: /its footer leaves out the message at byte \d+/ });
  const twice = Buffer.from(bytes);
  bytes.copy(twice, countAt + 4 + 24, countAt + 4, countAt + 4 + 24);
  await assert.rejects(rowsIn(twice), { code: 'E_READ', message: /its footer names the message at byte \d+ twice/ });
});

test('an unsupported type of Arrow is an error with its field', async () => {
  const bytes = await arrowBytes('stream', 1);
  const schema = 8 + bytes.readInt32LE(4);
  const errors: string[] = [];
  for (let at = 8; at < schema; at++) {
    if (bytes[at] !== 12) continue;
    const other = Buffer.from(bytes);
    other[at] = 25;
    await rowsIn(other).catch((error) => errors.push(String(error)));
  }
  const [message] = errors.filter((error) => error.includes('list_view'));
  assert.match(message, /^E_READ: .*field answers.*type list_view is not read; cast the column to a list/);
});

test('a column with fewer values than its batch has rows is damaged', async () => {
  const columns = [
    { name: 'prompt', type: 'string' },
    { name: 'answers', type: { list: 'string' } },
  ] as const;
  const encoder = await openArrowEncoder(columns, 'stream');
  const rows = ['a', 'b'].map((text) => [text, ['x', 'y']]);
  const bytes = Buffer.concat([encoder.batch(rows), encoder.end()]);
  const nodes = Buffer.alloc(20);
  nodes.writeInt32LE(3);
  nodes.writeInt32LE(2, 4);
  const at = bytes.indexOf(nodes);
  assert.ok(at > 0);
  bytes[at + 4] = 1;
  await assert.rejects(rowsIn(bytes), { code: 'E_READ', message: /a column has another length than its batch/ });
});

test('each batch of a stream is read before its source is asked for more, wherever its pieces are cut', async () => {
  const encoder = await openArrowEncoder([{ name: 'n', type: 'int32' }], 'stream');
  const batches = [[[1], [2]], [[3]], [[4], [5], [6]]].map((rows) => encoder.batch(rows));
  const end = encoder.end();
  const longest = Math.max(...batches.map(({ length }) => length));
  for (const size of [1, 3, 4, 8, 64, 100, longest]) {
    const events: string[] = [];
    async function* pieces() {
      for (const [number, batch] of batches.entries()) {
        for (let at = 0; at < batch.length; at += size) yield Buffer.from(batch.subarray(at, at + size));
        events.push(`${number + 1} sent`);
      }
      yield Buffer.from(end);
    }
    for await (const rows of arrowRows(pieces(), 'file').batches) events.push(`${[...rows].length} rows`);
    assert.deepEqual(events, ['2 rows', '1 sent', '1 rows', '2 sent', '3 rows', '3 sent'], `pieces of ${size} bytes`);
  }
});

test('64-bit integers keep all digits', async () => {
  const bytes = await arrowBytes('file', 1, { prompt: 'string', answers: { list: 'string' }, count: 'int64' }, [
    ['hi', ['a'], 9007199254740993n],
  ]);
  const [row] = await rowsIn(bytes);
  assert.ok(row && !(row instanceof RowError));
  assert.equal(row.record.count, 9007199254740993n);
});

test('bytes become text if they are UTF-8, else base64, as from Parquet', async () => {
  const columns = {
    prompt: vectorFromArray(['hi'], new Utf8()),
    answers: vectorFromArray([['a']], new List(new Field('item', new Utf8(), true))),
    some: vectorFromArray([Buffer.from('é')], new Binary()),
    other: vectorFromArray([Uint8Array.of(0xff, 0)], new Binary()),
  };
  const [row] = await rowsIn(Buffer.from(tableToIPC(new Table(columns), 'stream')));
  assert.ok(row && !(row instanceof RowError));
  assert.deepEqual([row.record.some, row.record.other], ['é', '/wA=']);
});

test('a text in a dictionary is text, and invalid UTF-8 in it is an error', async () => {
  const lists = new List(new Field('item', new Utf8(), true));
  const columns = {
    prompt: vectorFromArray(['hi', 'hi'], new Utf8()),
    answers: vectorFromArray([['a'], ['b']], lists),
    note: vectorFromArray(['here: é', 'other'], new Dictionary(new Utf8(), new Int32())),
  };
  const bytes = Buffer.from(tableToIPC(new Table(columns), 'stream'));
  const [good] = await rowsIn(bytes);
  assert.ok(good && !(good instanceof RowError));
  assert.equal(good.record.note, 'here: é');
  bytes[bytes.indexOf('here: é') + 'here: '.length] = 0xff;
  const [bad] = await rowsIn(bytes);
  assert.ok(bad instanceof RowError);
  assert.deepEqual([bad.code, bad.place.field], ['E_UTF8', 'note']);
});

/** A Python with the packages of test/oracles/requirements.txt. */
const PYTHON = process.env.STARLING_RM_PYTHON ?? 'python3';

/** The values that times.py writes. Timestamps with a zone are in UTC, as Parquet does not keep the zone. */
const TIMES = [
  {
    at_ms: '2024-01-01 00:00:03.123',
    at_us: '2024-01-01 00:00:03.123456',
    at_ns: '2024-01-01 00:00:03.123456789',
    utc_ms: '2024-01-01 00:00:03.123+00',
    utc_us: '2024-01-01 00:00:03.123456+00',
    time_ms: '01:02:03.123',
    time_us: '01:02:03.123456',
    time_ns: '01:02:03.123456789',
    day: '2024-01-01',
    inside: [{ at: '2024-01-01 00:00:03.123456' }],
  },
  {
    at_ms: '1969-12-31 23:59:59.999',
    at_us: '1969-12-31 23:59:59.999999',
    at_ns: '1969-12-31 23:59:59.999999999',
    utc_ms: '1969-12-31 23:59:59.999+00',
    utc_us: '1969-12-31 23:59:59.999999+00',
    time_ms: '23:59:59.999',
    time_us: '23:59:59.999999',
    time_ns: '23:59:59.999999999',
    day: '1969-12-31',
    inside: [{ at: '1969-12-31 23:59:59.999999' }],
  },
  {
    at_ms: null,
    at_us: null,
    at_ns: null,
    utc_ms: null,
    utc_us: null,
    time_ms: null,
    time_us: null,
    time_ns: null,
    day: null,
    inside: [{ at: null }],
  },
];

test('times from Arrow and from Parquet are the same texts with all digits, in any local time zone', {
  skip:
    spawnSync(PYTHON, ['-c', 'import pyarrow']).status !== 0 &&
    `NOT TESTED: ${PYTHON} lacks the packages of test/oracles/requirements.txt`,
}, async () => {
  const { status, stderr } = spawnSync(PYTHON, [join(ROOT, 'test/read/times.py'), folder.path], { encoding: 'utf8' });
  assert.deepEqual({ status, stderr }, { status: 0, stderr: '' });
  for (const name of ['times.arrow', 'times.arrows', 'times.parquet']) {
    const rows = await collect(readRows(await openInputs([join(folder.path, name)]), LIMITS));
    const times = rows.map((row) => {
      assert.ok(!(row instanceof RowError));
      const { prompt: _, answers: __, ...rest } = row.record;
      return rest;
    });
    assert.deepEqual(times, TIMES, name);
  }
});
