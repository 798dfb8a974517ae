import assert from 'node:assert/strict';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { mock, test } from 'node:test';
import { setImmediate as immediate } from 'node:timers/promises';
import { RowError } from '../../../src/contracts/errors.js';
import type { Ranking } from '../../../src/contracts/ranking.js';
import { Xoshiro128 } from '../../../src/measure/bootstrap/xoshiro128.js';
import { ArrowStream } from '../../../src/write/columnar/arrow-stream.js';
import { type Output, openOutput } from '../../../src/write/files/output.js';
import { openRankings } from '../../../src/write/open-rankings.js';
import type { RankingWriter } from '../../../src/write/ranking-writer.js';
import { tempFolder } from '../../temp-folder.js';
import { columnarValues, keptOf, type ReadBack, readArrow, readParquet } from '../read-back.js';
import { bareRanking, number, randomRanking, text } from '../some-rankings.js';

interface Way {
  open(file: string): Promise<RankingWriter>;
  read(file: string): Promise<ReadBack>;
}

const WAYS: Readonly<Record<string, Way>> = {
  parquet: { open: (file) => openRankings(file, { force: false, format: 'parquet' }), read: readParquet },
  'arrow file': { open: (file) => openRankings(file, { force: false, format: 'arrow' }), read: readArrow },
  'arrow stream': { open: async (file) => new ArrowStream(await openOutput(file, { force: false })), read: readArrow },
};
const FILES = [WAYS.parquet, WAYS['arrow file']];

async function writtenAndRead({ open, read }: Way, rankings: readonly Ranking[], name = 'r'): Promise<ReadBack> {
  const folder = tempFolder();
  const writer = await open(join(folder, name));
  for (const ranking of rankings) await writer.write(ranking);
  await writer.finish();
  assert.deepEqual(await readdir(folder), [name]);
  return read(join(folder, name));
}

const PARQUET_TYPES = {
  index: 'BIGINT',
  file: 'VARCHAR',
  id: 'VARCHAR',
  prompt_id: 'VARCHAR',
  scores: 'DOUBLE[]',
  ranks: 'INTEGER[]',
  order: 'INTEGER[]',
  truncated: 'INTEGER[]',
  labels: 'DOUBLE[]',
  label_scores: 'DOUBLE[]',
  models: 'VARCHAR[]',
  lengths: 'INTEGER[]',
  source: 'VARCHAR[]',
  turns: 'BIGINT',
  good_natured: 'BOOLEAN',
  win_probability: 'DOUBLE[]',
};

test('the own columns of rankings are the same with and without rows', async () => {
  for (const rankings of [[], [bareRanking(0)]]) {
    const { types, rows } = await writtenAndRead(WAYS.parquet, rankings);
    assert.deepEqual(Object.entries(types), Object.entries(PARQUET_TYPES));
    assert.deepEqual(rows, rankings.map(columnarValues));
    for (const way of [WAYS['arrow file'], WAYS['arrow stream']]) {
      const arrow = await writtenAndRead(way, rankings);
      assert.deepEqual(
        Object.entries(arrow.types).map(([name, type]) => [name, sqlType(type)]),
        Object.entries(PARQUET_TYPES),
      );
      assert.deepEqual(arrow.rows, rows);
    }
  }
});

function sqlType(arrow: string): string {
  const names: Record<string, string> = {
    Int64: 'BIGINT',
    Int32: 'INTEGER',
    Utf8: 'VARCHAR',
    Float64: 'DOUBLE',
    Bool: 'BOOLEAN',
  };
  return arrow.replace(/^List<(.*)>$/, '$1[]').replaceAll(/\w+/g, (name) => names[name]);
}

test('10,000 rankings with texts, nulls and kept fields of every type are read back in order, bit for bit, from every format', async () => {
  const random = Xoshiro128.seeded(7);
  const rankings = Array.from({ length: 10_000 }, (_, index) =>
    randomRanking(random, index, {
      flag: index % 3 === 0 ? null : index % 2 === 0,
      count: index - 5000,
      double: number(random),
      note: text(random),
      tags: index % 2 === 0 ? [] : [text(random), null],
      nested: { a: { b: [{ c: text(random), 'd e"\'': number(random) }, null] }, constructor: index },
      answers: [{ answer: text(random), rank: 1, toString: true }],
    }),
  );
  const expected = rankings.map(columnarValues);
  for (const [name, way] of Object.entries(WAYS)) {
    const { rows } = await writtenAndRead(way, rankings);
    assert.equal(rows.length, expected.length, name);
    rows.forEach((found, i) => {
      assert.deepEqual(found, expected[i], `${name}, row ${i}`);
    });
  }
});

test('kept fields keep their types: lists and objects are native, and values that no single type holds are JSON text', async () => {
  const first = bareRanking(0, {
    whole: 1,
    either: 'x',
    date: '2024-01-01',
    deep: [{ a: [1] }],
    odd: {},
    none: null,
    big: 1,
  });
  const second = bareRanking(1, {
    whole: 2.5,
    either: { a: 1 },
    deep: [{ b: 'x' }, { a: [] }],
    odd: { a: 1 },
    late: true,
  });
  const third = bareRanking(2, { either: [1], big: 1e300, odd: {}, deep: null, mixed: [1, 'x', null] });
  const [parquet, arrow] = await Promise.all(FILES.map((way) => writtenAndRead(way, [first, second, third])));
  assert.deepEqual(keptOf(parquet.types), {
    whole: 'DOUBLE',
    either: 'VARCHAR',
    date: 'VARCHAR',
    deep: 'STRUCT(a BIGINT[], b VARCHAR)[]',
    odd: 'STRUCT(a BIGINT)',
    none: 'VARCHAR',
    big: 'DOUBLE',
    late: 'BOOLEAN',
    mixed: 'VARCHAR',
  });
  const expected = [
    {
      whole: 1,
      either: '"x"',
      date: '2024-01-01',
      deep: [{ a: [1], b: null }],
      odd: { a: null },
      none: null,
      big: 1,
      late: null,
      mixed: null,
    },
    {
      whole: 2.5,
      either: '{"a":1}',
      date: null,
      deep: [
        { a: null, b: 'x' },
        { a: [], b: null },
      ],
      odd: { a: 1 },
      none: null,
      big: null,
      late: true,
      mixed: null,
    },
    {
      whole: null,
      either: '[1]',
      date: null,
      deep: null,
      odd: { a: null },
      none: null,
      big: 1e300,
      late: null,
      mixed: '[1,"x",null]',
    },
  ];
  assert.deepEqual(parquet.rows.map(keptOf), expected);
  assert.deepEqual(arrow.rows.map(keptOf), expected);
});

test('an object without keys is JSON text, because Parquet has no type for it', async () => {
  for (const way of Object.values(WAYS)) {
    const { rows } = await writtenAndRead(way, [
      bareRanking(0, { odd: {}, deep: [{ a: {} }] }),
      bareRanking(1, { odd: null }),
    ]);
    assert.deepEqual(rows.map(keptOf), [
      { odd: '{}', deep: '[{"a":{}}]' },
      { odd: null, deep: null },
    ]);
  }
});

test('integers that no double holds keep their digits, in JSONL too; those of more than 64 bits are text in columns', async () => {
  const big = { n: 12345678901234567890n, deep: [{ n: 2n ** 60n }] };
  for (const [name, way] of Object.entries(WAYS)) {
    const { rows } = await writtenAndRead(way, [bareRanking(0, big)]);
    // In a stream a fraction may still come, so the column is JSON.
    const deep = name === 'arrow stream' ? '[{"n":1152921504606846976}]' : [{ n: 2n ** 60n }];
    assert.deepEqual(rows.map(keptOf), [{ n: '12345678901234567890', deep }]);
  }
  const file = join(tempFolder(), 'r.jsonl');
  const writer = await openRankings(file, { force: false });
  await writer.write(bareRanking(0, big));
  await writer.finish();
  assert.match(await readFile(file, 'utf8'), /"n":12345678901234567890,"deep":\[\{"n":1152921504606846976\}\]/);
});

test('a kept field whose name differs from an own column only in case is renamed', async () => {
  for (const way of Object.values(WAYS)) {
    const { rows } = await writtenAndRead(way, [bareRanking(0, { ID: 'x', Scores: 1, meta: 2 })]);
    assert.deepEqual(keptOf(rows[0]), { input_ID: 'x', input_Scores: 1, meta: 2 });
    assert.deepEqual([rows[0].id, rows[0].scores], [null, [0.1]]);
  }
});

test('a value that no column can hold is an error of its row with the field; the rows around it are written', async () => {
  const cases: [string, Record<string, unknown>][] = [
    ['Meta', { Meta: 1 }],
    ['', { '': 1 }],
    ['a\0b', { 'a\0b': 1 }],
    ['note', { note: 'half \ud800' }],
    ['note', { note: [{ deep: '\\\udc00' }] }],
    ['half \ud83d', { 'half \ud83d': 1 }],
    ['id', { id: '\ud800' }],
    ['ID', { input_ID: 1, ID: 2 }],
    ['c2', Object.fromEntries(Array.from({ length: 1001 }, (_, i) => [`c${i + 2}`, i]))],
  ];
  const good = { meta: 1, note: 'escaped \\ud800 is text, 😀 a whole character' };
  for (const way of Object.values(WAYS)) {
    const folder = tempFolder();
    const writer = await way.open(join(folder, 'r'));
    await writer.write(bareRanking(0, good));
    for (const [field, kept] of cases) {
      await assert.rejects(writer.write(bareRanking(1, kept)), (error: unknown) => {
        assert.ok(error instanceof RowError);
        assert.deepEqual([error.code, error.place], ['E_FIELD', { row: 1, field }]);
        assert.match(error.message, /; use --format jsonl instead$/);
        return true;
      });
    }
    const deep = JSON.parse(`${'['.repeat(20_000)}${']'.repeat(20_000)}`);
    await assert.rejects(writer.write(bareRanking(1, { deep })), /too deep/);
    await writer.write(bareRanking(2, good));
    await writer.finish();
    const { rows } = await way.read(join(folder, 'r'));
    assert.deepEqual(rows, [bareRanking(0, good), bareRanking(2, good)].map(columnarValues));
  }
});

test('a file name is never read as a pattern', async () => {
  for (const name of ['[1]*?.x', "it's", 'é 😀']) {
    for (const way of FILES) assert.equal((await writtenAndRead(way, [bareRanking(3)], name)).rows[0].index, 3);
  }
});

test('rows of very different length, and rows longer than DuckDB expects, are read back in order', async () => {
  const rankings = Array.from({ length: 40 }, (_, index) =>
    bareRanking(index, { note: 'é'.repeat(index === 20 ? 12_000_000 : 2 ** (index % 18)) }),
  );
  for (const way of Object.values(WAYS)) {
    const { rows } = await writtenAndRead(way, rankings);
    assert.deepEqual(
      rows.map(({ index, note }) => [index, `${note}`.length]),
      rankings.map((ranking) => [ranking.index, (columnarValues(ranking).note as string).length]),
    );
  }
});

test('until a file is finished, its rankings are kept as JSON lines', async () => {
  for (const format of ['parquet', 'arrow'] as const) {
    const folder = tempFolder();
    const writer = await openRankings(join(folder, 'r'), { force: false, format });
    await writer.write(bareRanking(0, { id: 7, note: 'x' }));
    assert.deepEqual(JSON.parse(await readFile(join(folder, 'r.partial'), 'utf8')), {
      ...bareRanking(0, { note: 'x' }),
      id: '7',
    });
    assert.equal(await writer.abandon(), join(folder, 'r.partial'));
    assert.deepEqual(await readdir(folder), ['r.partial']);
  }
});

test('the first batch fixes the columns of a stream; a row that does not fit is an error', async () => {
  const file = join(tempFolder(), 'r');
  const writer = new ArrowStream(await openOutput(file, { force: false }));
  const first = { n: 1, x: 0.5, list: ['a'], struct: { a: 1 }, none: null };
  for (let index = 0; index < 1024; index++) await writer.write(bareRanking(index, first));
  const misfits: [string, Record<string, unknown>][] = [
    ['n', { n: 'x' }],
    ['list', { list: [1] }],
    ['struct', { struct: { b: 1 } }],
    ['late', { late: 1 }],
  ];
  for (const [field, kept] of misfits) {
    await assert.rejects(writer.write(bareRanking(1024, kept)), (error: unknown) => {
      assert.ok(error instanceof RowError);
      assert.deepEqual([error.code, error.place], ['E_FIELD', { row: 1024, field }]);
      assert.match(error.message, /; use -o FILE\.parquet or --format jsonl instead$/);
      return true;
    });
  }
  const fitting = [
    { n: 0.5, x: 2, list: [null], struct: {}, none: { any: 1 } },
    { struct: null, late: null, none: 'x' },
  ];
  for (const kept of fitting) await writer.write(bareRanking(1024, kept));
  await writer.finish();
  const { rows } = await readArrow(file);
  assert.equal(rows.length, 1026);
  assert.deepEqual(rows.slice(-2).map(keptOf), [
    { n: 0.5, x: 2, list: [null], struct: { a: null }, none: '{"any":1}' },
    { n: null, x: null, list: null, struct: null, none: '"x"' },
  ]);
});

test('an abandoned stream has the rows before', async () => {
  const file = join(tempFolder(), 'r');
  const output = await openOutput(file, { force: false });
  const writer = new ArrowStream(output);
  await writer.write(bareRanking(0));
  await writer.abandon();
  assert.deepEqual((await readArrow(`${file}.partial`)).rows, [columnarValues(bareRanking(0))]);
});

test('a flush writes the rows that wait in a stream, and an error of it is thrown by the next write', async () => {
  // Without time, rows wait for a full batch.
  mock.timers.enable({ apis: ['setTimeout'] });
  try {
    const pieces: number[] = [];
    const failure = new Error('the disk is full');
    const output: Output = {
      async write(data) {
        if (pieces.length === 2) throw failure;
        pieces.push(data.length);
      },
      prepare: async () => undefined,
      finish: async () => {},
      abandon: async () => undefined,
    };
    const writer = new ArrowStream(output);
    writer.flush();
    for (let index = 0; index < 4; index++) {
      await writer.write(bareRanking(index));
      assert.equal(pieces.length, Math.floor(index / 2));
      if (index % 2 === 1) {
        writer.flush();
        await immediate();
      }
    }
    assert.equal(pieces.length, 2, 'each flush is a batch, and an empty one is none');
    writer.flush();
    await writer.write(bareRanking(4));
    writer.flush();
    await assert.rejects(writer.write(bareRanking(5)), failure);
  } finally {
    mock.timers.reset();
  }
});
