import assert from 'node:assert/strict';
import { once } from 'node:events';
import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { RecordBatchReader } from 'apache-arrow';
import { jsonText } from '../../../src/json/json-text.js';
import { LIMIT } from '../../limit.js';
import { SAMPLE } from '../../root.js';
import { tempFolder } from '../../temp-folder.js';
import { type ReadBack, readArrow, readParquet } from '../../write/read-back.js';
import { byteModel } from '../byte-model.js';
import { bash, type Finished, lines, onTerminal, row, run, shell, start } from '../run.js';

const ROWS = 28;
const model = await byteModel();

const score = (args: readonly string[], stdin = ''): Promise<Finished> => run(['score', '-m', model, ...args], stdin);

/** One line per ranking, as `score` writes it. */
async function jsonl(...args: string[]): Promise<Record<string, unknown>[]> {
  const rankings = lines((await score(args)).stdout).map((line) => JSON.parse(line));
  assert.equal(rankings.length, ROWS);
  return rankings;
}

/** A ranking without the nulls that columns have for absent fields. */
function known({ rows }: ReadBack): Record<string, unknown>[] {
  return rows.map((fields) => Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== null)));
}

test('every format has the values of JSONL; the name of the file or --format chooses the format', async () => {
  const folder = tempFolder();
  const expected = await jsonl(SAMPLE, '--keep');
  for (const [name, ...format] of [
    ['r.parquet'],
    ['r.arrow'],
    ['r.feather'],
    ['r.ipc'],
    ['r.jsonl', '--format', 'parquet'],
    ['r', '--format', 'arrow'],
  ]) {
    const file = join(folder, name);
    const { code, stdout, stderr } = await score([SAMPLE, '--keep', '-o', file, ...format]);
    assert.deepEqual({ code, stdout, stderr }, { code: 0, stdout: '', stderr: '' });
    const isParquet = (await readFile(file)).subarray(0, 4).toString() === 'PAR1';
    assert.equal(isParquet, format.length > 0 ? format[1] === 'parquet' : name === 'r.parquet');
    assert.deepEqual(known(await (isParquet ? readParquet(file) : readArrow(file))), expected, name);
  }
  const piped = await shell(
    bash`starling-rm score -m ${model} ${SAMPLE} --keep --format arrow | cat > ${folder}/piped`,
  );
  assert.equal(piped.stderr, '');
  assert.deepEqual(known(await readArrow(join(folder, 'piped'))), expected);
  const tsv = await score([SAMPLE, '--format', 'tsv']);
  const scores = lines(tsv.stdout).map((line) => line.split('\t')[6]);
  assert.deepEqual(scores, ['score', ...expected.flatMap((ranking) => (ranking.scores as number[]).map(String))]);
});

test('an Arrow file has a footer, a stream does not', async () => {
  const folder = tempFolder();
  const magic = async (name: string) => (await readFile(join(folder, name))).subarray(0, 6).toString();
  await shell(bash`head -2 ${SAMPLE} | starling-rm score -m ${model} -o ${folder}/file.arrow`);
  await shell(bash`head -2 ${SAMPLE} | starling-rm score -m ${model} --format arrow > ${folder}/redirected.arrow`);
  await shell(
    bash`mkfifo ${folder}/pipe.arrow; cat ${folder}/pipe.arrow > ${folder}/piped & starling-rm score -m ${model} ${SAMPLE} --limit 2 -o ${folder}/pipe.arrow; wait`,
  );
  assert.equal(await magic('file.arrow'), 'ARROW1');
  for (const name of ['redirected.arrow', 'piped']) {
    assert.notEqual(await magic(name), 'ARROW1');
    assert.equal((await readArrow(join(folder, name))).rows.length, 2);
  }
});

test('Arrow in a pipe that stays open: rows arrive while the writer waits', LIMIT, async () => {
  const child = start('score', '-m', model, '--format', 'arrow');
  const end = once(child, 'close');
  child.stdin.write(row('a') + row('b'));
  const reader = await RecordBatchReader.from(child.stdout);
  const ids: string[] = [];
  for await (const batch of reader) {
    for (const { id } of batch) ids.push(`${id}`);
    if (ids.length === 2) child.stdin.end(row('c'));
  }
  assert.deepEqual(ids, ['a', 'b', 'c']);
  assert.deepEqual(await end, [0, null]);
});

test('evaluate --save takes the same formats, chosen by the name', async () => {
  const folder = tempFolder();
  const scored = join(folder, 'scored.jsonl');
  await score([SAMPLE, '--keep', '-o', scored]);
  for (const name of ['saved.parquet', 'saved.arrow', 'saved.tsv', 'saved.jsonl']) {
    const { code, stderr } = await run(['evaluate', '--scored', scored, '--save', join(folder, name)]);
    assert.deepEqual({ code, stderr }, { code: 0, stderr: '' });
  }
  const expected = await jsonl(SAMPLE, '--keep');
  assert.deepEqual(known(await readParquet(join(folder, 'saved.parquet'))), expected);
  assert.deepEqual(known(await readArrow(join(folder, 'saved.arrow'))), expected);
  assert.equal(await readFile(join(folder, 'saved.jsonl'), 'utf8'), await readFile(scored, 'utf8'));
  assert.equal(lines(await readFile(join(folder, 'saved.tsv'), 'utf8')).length, 1 + ROWS * 7);
});

test('flags that a format cannot serve are misuse', async () => {
  const folder = tempFolder();
  const fifo = join(folder, 'fifo.parquet');
  await shell(bash`mkfifo ${fifo}`);
  const cases: [string[], RegExp][] = [
    [
      ['score', '--format', 'parquet'],
      /E_USAGE: <stdout>: Parquet cannot be written to a pipe or a device; give -o FILE/,
    ],
    [['score', '-o', fifo], /E_USAGE: .*fifo\.parquet: Parquet cannot be written to a pipe/],
    [['score', '--format', 'xlsx'], /E_USAGE: .*jsonl, csv, tsv, parquet, arrow/],
    [['score', '-o', join(folder, 'r.jsonl.gz')], /E_USAGE: .*r\.jsonl\.gz: .*pipe it through gzip/],
    [['score', '-o', join(folder, 'r.zst'), '--format', 'tsv'], /E_USAGE: .*pipe it through zstd/],
    [['score', '-o', join(folder, 'r.orc')], /E_USAGE: .*r\.orc: \.orc is not written here.*--format/],
    [['evaluate', '--save', join(folder, 'r.xlsx')], /E_USAGE: .*r\.xlsx: \.xlsx is not written here/],
    [['score', '--explain', '-o', join(folder, 'r.csv')], /E_USAGE: .*r\.csv: .*always JSON lines/],
    [['evaluate', '--suspects', join(folder, 'r.parquet')], /E_USAGE: .*r\.parquet: .*always JSON lines/],
    [['score', '--on-error', 'skip', '--rejects', join(folder, 'r.csv')], /E_USAGE: .*r\.csv: .*always JSON lines/],
    [['score', '--keep', '--format', 'tsv'], /E_USAGE: .*drop --keep/],
    [['score', '--keep', '-o', join(folder, 'r.tsv')], /E_USAGE: .*drop --keep/],
    [['score', '--keep', '-o', join(folder, 'r.csv')], /E_USAGE: .*drop --keep/],
    [['evaluate', '--save', join(folder, 'r.parquet.gz')], /E_USAGE: .*pipe it through gzip/],
  ];
  for (const [args, expected] of cases) {
    const { code, stdout, stderr } = await run(args, row('a'));
    assert.deepEqual({ code, stdout }, { code: 2, stdout: '' }, stderr);
    assert.match(stderr, expected);
  }
  const terminal = await shell(onTerminal(bash`score ${SAMPLE} --format arrow`));
  assert.match(terminal.stdout, /E_USAGE: <stdout>: Arrow is not for a terminal/);
  assert.deepEqual(await readdir(folder), ['fifo.parquet']);
});

test('a failed run keeps its rankings as JSON lines, from which a command makes the file', async () => {
  const folder = tempFolder();
  const file = join(folder, 'r.parquet');
  const { code, stderr } = await score(['-o', file, '--keep'], `${row('a')}${row('b')}broken\n`);
  assert.equal(code, 1);
  assert.match(stderr, /kept in .*r\.parquet\.partial; --resume goes on with it/);
  assert.deepEqual((await readdir(folder)).sort(), ['r.parquet.partial', 'r.parquet.run.json']);
  const saved = await run(['evaluate', '--scored', `${file}.partial`, '--save', join(folder, 'saved.parquet')]);
  assert.equal(saved.code, 0);
  assert.deepEqual(
    known(await readParquet(join(folder, 'saved.parquet'))).map(({ id }) => id),
    ['a', 'b'],
  );
});

test('rows that a format cannot hold count as bad rows', async () => {
  const file = join(tempFolder(), 'r.parquet');
  const odd = `{"prompt":"hi","answers":["x"],"note":"\\ud800"}\n`;
  const stopped = await score(['--keep', '-o', file], row('a') + odd);
  assert.equal(stopped.code, 1);
  assert.match(stopped.stderr, /E_FIELD: row 1, field note: found a lone surrogate, expected valid Unicode/);
  const skipped = await score(['--keep', '-o', file, '--on-error', 'skip', '--force'], row('a') + odd + row('b'));
  assert.equal(skipped.code, 1);
  assert.match(skipped.stderr, /E_SKIPPED: 1 of 3 rows were skipped/);
  assert.deepEqual(
    known(await readParquet(file)).map(({ id }) => id),
    ['a', 'b'],
  );
});

test('SIGINT and a closed pipe end an Arrow stream like any other', async () => {
  const folder = tempFolder();
  const child = start('score', '-m', model, '--format', 'arrow');
  const pieces: Buffer[] = [];
  child.stdout.on('data', (piece) => pieces.push(piece));
  child.stdin.write(row('a'));
  await once(child.stdout, 'data');
  child.stdin.write(row('b'));
  child.kill('SIGINT');
  assert.deepEqual(await once(child, 'close'), [130, null]);
  await writeFile(join(folder, 'stopped'), Buffer.concat(pieces));
  const { rows } = await readArrow(join(folder, 'stopped'));
  assert.ok(rows.length >= 1 && rows.every(({ id }, i) => id === 'ab'[i]));
  const closed = await shell(bash`starling-rm score -m ${model} ${SAMPLE} --format arrow | true; echo "$PIPESTATUS"`);
  assert.deepEqual({ stdout: closed.stdout, stderr: closed.stderr }, { stdout: '0\n', stderr: '' });
});

test('a disk that fills up during the conversion to a format leaves the rankings, and the error says so', async () => {
  const folder = tempFolder();
  await score([SAMPLE, '--limit', '1', '-o', join(folder, 'scored')]);
  for (const [name, said] of [
    ['r.parquet', 'could not be written: '],
    ['r.arrow', 'could not be written: EFBIG'],
  ]) {
    const file = join(folder, name);
    const { code, stderr } = await shell(
      bash`ulimit -f 1; starling-rm evaluate --scored ${folder}/scored --save ${file}`,
    );
    assert.equal(code, 1, stderr);
    assert.match(stderr, new RegExp(`kept in .*${name}\\.partial\n.*E_WRITE: .*${name}.*: ${said}`));
    assert.deepEqual(
      (await readdir(folder)).filter((one) => one.startsWith(name)),
      [`${name}.partial`],
    );
  }
});

test('the command in the error of a full disk makes the file from the kept rankings', async () => {
  const folder = tempFolder();
  const rows = Array.from({ length: 9 }, (_, i) => ({
    id: i,
    ID: `x${i}`,
    prompt: `hi ${i}`,
    answers: ['a', { answer: 'b', model: i % 2 ? 'm' : null }],
    nothing: null,
    some: i % 2 ? null : 0.5,
    late: i > 4 ? [{ a: 1, b: null }] : undefined,
    mixed: i % 2 ? i : `${i}`,
    big: 12345678901234567890n,
    date: '2024-01-01',
  }));
  await writeFile(join(folder, 'rows'), rows.map((one) => `${jsonText(one)}\n`).join(''));
  for (const format of ['parquet', 'arrow']) {
    const whole = join(folder, `whole.${format}`);
    const file = join(folder, `it's.${format}`);
    assert.equal((await run(['score', join(folder, 'rows'), '--keep', '-o', whole])).code, 0);
    const full = await shell(`ulimit -f 4; starling-rm score ${folder}/rows --keep -o "${file}"`);
    assert.equal(full.code, 1);
    const [, command] =
      /; the rankings are kept: to convert them, run (starling-rm evaluate .*)\n$/.exec(full.stderr) ?? [];
    assert.ok(command, full.stderr);
    const made = await shell(command.replace('OTHER', join(folder, 'made')));
    assert.equal(made.code, 0, made.stderr);
    assert.deepEqual(await readFile(join(folder, `made.${format}`)), await readFile(whole), format);
  }
});

test('the libraries of Parquet and Arrow are loaded only where they are needed', async () => {
  const loaded = async (flags: (folder: string) => string, input = SAMPLE) => {
    const folder = tempFolder();
    const { code, stderr } = await shell(
      bash`NODE_V8_COVERAGE=${folder}/coverage starling-rm score -m ${model} ${input} --limit 1 > ${folder}/r ` +
        flags(folder),
    );
    assert.equal(code, 0, stderr);
    const coverage = await Promise.all(
      (await readdir(join(folder, 'coverage'))).map((name) => readFile(join(folder, 'coverage', name), 'utf8')),
    );
    return ['@duckdb/node-api', 'apache-arrow'].filter((name) => coverage.some((text) => text.includes(`/${name}/`)));
  };
  assert.deepEqual(await loaded(() => ''), []);
  assert.deepEqual(await loaded(() => '--format tsv'), []);
  const pattern = SAMPLE.replace('sample.jsonl', 's?mple.*');
  assert.deepEqual(await loaded(() => '', pattern), []);
  assert.deepEqual(await loaded(() => '--format arrow'), ['apache-arrow']);
  assert.deepEqual(await loaded((folder) => bash`-o ${folder}/r.parquet`), ['@duckdb/node-api']);
});
