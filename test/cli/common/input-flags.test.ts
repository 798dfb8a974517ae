import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { gzipSync } from 'node:zlib';
import { sample } from '../../../src/read/choose/sample.js';
import { collect } from '../../read/collect.js';
import { tempFolder } from '../../temp-folder.js';
import { byteModel } from '../byte-model.js';
import { bash, type Finished, lines, run, shell } from '../run.js';
import { arrowBytes, parquetBytes, zstdFrame } from '../score/bad-files.js';
import { GOOD } from '../score/bad-inputs.js';

const model = byteModel();

async function score(args: readonly string[], stdin: string | Buffer = ''): Promise<Finished> {
  return run(['score', '-m', await model, ...args], stdin);
}

/** A line of bash with a function `score` that uses the small model. */
async function scoreInShell(line: string): Promise<Finished> {
  return shell(bash`score() { starling-rm score -m ${await model} "$@"; }; ` + line);
}

function indices({ stdout }: Finished): number[] {
  return lines(stdout).map((line) => JSON.parse(line).index);
}

function newFile(name: string, content: string | Buffer): string {
  const path = join(tempFolder(), name);
  writeFileSync(path, content);
  return path;
}

const COUNT = 100;
const ROWS =
  "SELECT 'hi ' || i AS prompt, ['a', 'b'] AS answers, 's' || (i % 5) AS source FROM range(100) t(i) ORDER BY i";
const ROW_LINES = Array.from({ length: COUNT }, (_, i) => {
  return `${JSON.stringify({ prompt: `hi ${i}`, answers: ['a', 'b'], source: `s${i % 5}` })}\n`;
}).join('');

/** The same rows in each format. */
async function sameRowsInFiles(): Promise<string[]> {
  return [
    newFile('rows.jsonl', ROW_LINES),
    newFile('rows.jsonl.zst', zstdFrame(ROW_LINES)),
    newFile('rows.parquet', await parquetBytes(ROWS)),
    newFile('rows.arrow', await arrowBytes('file', COUNT)),
  ];
}

test('--sample with --seed draws the same rows from every format, and a smaller sample is part of a larger one', async () => {
  async function* positions() {
    for (let index = 0; index < COUNT; index++) yield { index };
  }
  const drawn = async (size: number, seed: number) =>
    (await collect(sample(positions(), size, seed))).map((item) => 'index' in item && item.index);
  const seven = await drawn(7, 3);
  for (const file of await sameRowsInFiles()) {
    const told = await score([file, '--sample', '7', '--seed', '3']);
    assert.deepEqual(indices(told), seven, file);
    assert.match(told.stderr, /^starling-rm: --sample 7: all rows are read before the first is used\n$/);
  }
  const other = indices(await score(['--sample', '7', '--seed', '4', '-q'], ROW_LINES));
  assert.deepEqual(other, await drawn(7, 4));
  assert.notDeepEqual(other, seven);
  const three = indices(await score(['--sample', '3', '--seed', '3', '-q'], ROW_LINES));
  assert.ok(three.length === 3 && three.every((index) => seven.includes(index)), `${three}`);
  assert.equal(indices(await score(['--sample', '1000', '-q', '--limit', '9'], ROW_LINES)).length, 9);
});

test('--where, --limit and --sample keep the index of a row', async () => {
  const file = newFile('rows.parquet', await parquetBytes(ROWS));
  const every = (most: number) => Array.from({ length: COUNT }, (_, i) => i).filter((i) => i % 5 === 2 && i < most);
  assert.deepEqual(indices(await score([file, '--where', "source = 's2'"])), every(COUNT));
  assert.deepEqual(indices(await score([file, '--where', "source = 's2'", '--limit', '4'])), every(20));
  const twice = await score([file, file, '-q', '--where', "prompt = 'hi 7'"]);
  assert.deepEqual(indices(twice), [7, COUNT + 7]);
  const sampled = indices(await score([file, '-q', '--where', "source = 's2'", '--sample', '5']));
  assert.ok(sampled.length === 5 && sampled.every((index) => index % 5 === 2), `${sampled}`);
  const wrong = await score([file, '--where', 'nothing = 1']);
  assert.deepEqual([wrong.code, wrong.stdout], [2, '']);
  assert.match(wrong.stderr, /^starling-rm: E_USAGE: .*rows\.parquet: --where: .*nothing/);
});

test('--input-format overrides the first bytes and the name', async () => {
  const named = newFile('rows.parquet', 'hello\n');
  assert.match((await score([named])).stderr, /E_READ: .*the Parquet data cannot be read/);
  assert.match(
    (await score([named, '--input-format', 'jsonl'])).stderr,
    /E_JSON: .*rows\.parquet, line 1 \(row 0\), byte 0/,
  );
  const lists = '["hi", "a", "b"]\n';
  assert.deepEqual(indices(await score([], lists)), [0]);
  assert.match(
    (await score(['--input-format', 'json'], lists)).stderr,
    /E_NOT_OBJECT: <stdin>, line 1 \(row 0\), byte 1/,
  );
  assert.match(
    (await score(['--input-format', 'xml'], lists)).stderr,
    /E_USAGE: .*jsonl, json, csv, tsv, parquet, arrow/,
  );
});

test('folders and patterns are one stream of their data files, sorted by name, in any format', async () => {
  const folder = tempFolder();
  mkdirSync(join(folder, 'deep'));
  const row = (prompt: string) => `{"prompt":"${prompt}","answers":["a"]}\n`;
  const files: [string, string | Buffer][] = [
    ['b.jsonl', row('b')],
    ['a.parquet', await parquetBytes("SELECT 'a' AS prompt, ['a'] AS answers FROM range(2)")],
    ['c.jsonl.gz', gzipSync(row('c'))],
    ['deep/d.arrow', await arrowBytes('file', 1)],
    ['notes.txt', 'nothing'],
    ['_metadata.parquet', 'nothing'],
  ];
  for (const [name, content] of files) writeFileSync(join(folder, name), content);
  const seen = ({ code, stdout, stderr }: Finished) => {
    assert.equal(code, 0, stderr);
    return lines(stdout).map((line) => {
      const { index, file } = JSON.parse(line);
      return `${index} ${file?.slice(folder.length + 1)}`;
    });
  };
  const all = ['0 a.parquet', '1 a.parquet', '2 b.jsonl', '3 c.jsonl.gz', '4 deep/d.arrow'];
  assert.deepEqual(seen(await score([folder])), all);
  assert.deepEqual(seen(await score([`${folder}/?.jsonl*`])), ['0 b.jsonl', '1 c.jsonl.gz']);
  assert.deepEqual(seen(await score([`${folder}/**/*.arrow`, `${folder}/b.jsonl`])), ['0 deep/d.arrow', '1 b.jsonl']);
  const brackets = newFile('[x]*.jsonl', row('x'));
  assert.deepEqual(indices(await score([brackets])), [0], 'a file that is there is no pattern');
});

test('--max-line limits lines, and the text of rows in formats without lines', async () => {
  const text = 'x'.repeat(2 ** 20);
  const line = `${JSON.stringify({ prompt: 'hi', answers: [text] })}\n`;
  const parquet = newFile('rows.parquet', await parquetBytes(`SELECT 'hi' AS prompt, ['${text}'] AS answers`));
  const cases: [string[], string, RegExp][] = [
    [[], line, /E_LINE_TOO_LONG: <stdin>, line 1 \(row 0\), byte 0: .*longer than 1 MiB/],
    [[parquet], '', /E_LINE_TOO_LONG: .*rows\.parquet, record 0 \(row 0\): .*more than 1 MiB of text/],
  ];
  for (const [args, stdin, told] of cases) {
    const refused = await score([...args, '--max-line', '1', '-q'], stdin);
    assert.equal(refused.code, 1);
    assert.match(refused.stderr, told);
    assert.equal((await score([...args, '--max-line', '2', '-q'], stdin)).code, 0);
  }
});

test('--max-answers and --max-nesting are limits of a row', async () => {
  const rows = `${GOOD}\n{"prompt":"hi","answers":["a","b","c"]}\n`;
  const refused = await score(['--max-answers', '2'], rows);
  assert.deepEqual([refused.code, indices(refused)], [1, [0]]);
  assert.match(
    refused.stderr,
    /E_ANSWERS: <stdin>, line 2 \(row 1\), byte 36, field answers: found 3 answers, expected at most 2/,
  );
  assert.equal((await score(['--max-answers', '3'], rows)).code, 0);
  const deep = `${GOOD}\n{"prompt":"hi","answers":["a"],"x":[[1]]}\n`;
  const nested = await score(['--max-nesting', '2'], deep);
  assert.deepEqual([nested.code, indices(nested)], [1, [0]]);
  assert.match(nested.stderr, /E_NESTING: <stdin>, line 2 \(row 1\), byte 36: more than 2 nested lists and objects/);
  assert.equal((await score(['--max-nesting', '3'], deep)).code, 0);
});

test('--max-unpacked ends a run on a compression bomb, after the rows before it', async () => {
  const blanks = Buffer.concat([zstdFrame(' '.repeat(2 ** 17 - 1), 'repeated'), zstdFrame('\n')]);
  const bomb = Buffer.concat([zstdFrame(`${GOOD}\n`), ...Array<Buffer>(2 ** 13).fill(blanks), zstdFrame(`${GOOD}\n`)]);
  assert.ok(bomb.length < 2 ** 18, `${bomb.length}`);
  const refused = await score(['--max-unpacked', '1', '-q'], bomb);
  assert.deepEqual([refused.code, indices(refused)], [1, [0]]);
  assert.match(refused.stderr, /E_READ: <stdin>: the Zstandard data unpacks to more than 1 GiB .*--max-unpacked/);
});

test('--rejects keeps each skipped row, with the reason and the record', async () => {
  const folder = tempFolder();
  const input = `${GOOD}\n{"prompt":5}\nnot json\n${GOOD}\n{"prompt":"hi","answers":[1]}\n`;
  const file = join(folder, 'rejects.jsonl');
  const skipping = ['--on-error', 'skip', '--rejects', file];
  const told = await score(skipping, Buffer.concat([Buffer.from(input), Buffer.from('{"prompt":"é"}\n', 'latin1')]));
  assert.equal(told.code, 1);
  assert.deepEqual(indices(told), [0, 3]);
  assert.match(told.stderr, /E_SKIPPED: 4 of 6 rows were skipped: 1 E_ANSWERS, 1 E_JSON, 1 E_ANSWER, 1 E_UTF8\n$/);
  const rejects = lines(readFileSync(file, 'utf8')).map((line) => JSON.parse(line));
  for (const { reason } of rejects) assert.ok(reason.length > 10);
  const where = { file: '<stdin>' };
  assert.deepEqual(
    rejects.map(({ reason: _, ...reject }) => reject),
    [
      { index: 1, ...where, line: 2, byte: 36, field: 'answers', code: 'E_ANSWERS', text: '{"prompt":5}' },
      { index: 2, ...where, line: 3, byte: 49, code: 'E_JSON', text: 'not json' },
      {
        index: 4,
        ...where,
        line: 5,
        byte: 94,
        field: 'answers[0]',
        code: 'E_ANSWER',
        text: '{"prompt":"hi","answers":[1]}',
      },
      {
        index: 5,
        ...where,
        line: 6,
        byte: 124,
        code: 'E_UTF8',
        base64: Buffer.from('{"prompt":"é"}', 'latin1').toString('base64'),
      },
    ],
  );
  assert.match((await score(skipping, input)).stderr, /E_EXISTS: .*rejects\.jsonl/);
  const parquet = newFile(
    'rows.parquet',
    await parquetBytes("SELECT 'hi' AS prompt, []::VARCHAR[] AS answers, 9007199254740993 AS big"),
  );
  await score([parquet, ...skipping, '--force']);
  const text = readFileSync(file, 'utf8');
  assert.match(text, /"big":9007199254740993\}/);
  const { reason: _, record: _record, ...reject } = JSON.parse(text);
  assert.deepEqual(reject, { index: 0, file: parquet, field: 'answers', position: 0, code: 'E_ANSWERS' });
});

test('--dry-run reports the amounts, writes no ranking, and treats bad rows as a run does', async () => {
  const input = `${GOOD}\n{"prompt":"hi","answers":["a","aaa"]}\nbad\n`;
  const rejects = join(tempFolder(), 'rejects.jsonl');
  const { code, stdout, stderr } = await score(['--dry-run', '--on-error', 'skip', '--rejects', rejects], input);
  assert.equal(code, 1);
  assert.match(stderr, /E_SKIPPED: 1 of 3 rows were skipped: 1 E_JSON/);
  const amounts = Object.fromEntries(
    [...stdout.matchAll(/^(\w.*?) {2,}([\d,]+)$/gm)].map(([, name, n]) => [name, Number(n)]),
  );
  // One token per byte and per special token: <|im_start|>user\nhi<|im_end|>\n<|im_start|>assistant\n…<|im_end|> has 22 without the answer.
  assert.deepEqual(amounts, {
    rows: 2,
    answers: 4,
    'tokens of their texts': 4 * 22 + 'a'.length + 'b'.length + 'a'.length + 'aaa'.length,
    'tokens to compute': amounts['tokens to compute'],
    'answers cut to the maximum length': 0,
  });
  assert.ok(amounts['tokens to compute'] < amounts['tokens of their texts']);
  assert.match(stdout, /^1 of 3 rows were skipped: 1 E_JSON$/m);
  assert.match(
    stdout,
    /^Scoring would take about \d+ (s|min) \([\d,]+ tokens\/s, as 2 drawn rows took with \d workers?\)\.$/m,
  );
  assert.equal(lines(readFileSync(rejects, 'utf8')).length, 1);
  const none = await score(['--dry-run', '-q'], '');
  assert.match(none.stdout, /^rows +0$/m);
  assert.match(none.stdout, /^No row to score\.$/m);
  const stopped = await score(['--dry-run', '-q'], input);
  assert.deepEqual([stopped.code, stopped.stdout], [1, '']);
  assert.match(stopped.stderr, /E_JSON: <stdin>, line 3/);
});

test('a closed output pipe ends a run on Parquet and Arrow quietly', async () => {
  const rows = "SELECT 'hi ' || i AS prompt, ['a', 'b'] AS answers FROM range(20000) t(i)";
  const parquet = newFile('rows.parquet', await parquetBytes(rows, 'ROW_GROUP_SIZE 100000'));
  const arrow = newFile('rows.arrows', await arrowBytes('stream', 3000));
  for (const command of [bash`score ${parquet}`, bash`score ${arrow}`, bash`cat ${arrow} | score`]) {
    const { stdout, stderr } = await scoreInShell(`${command} -q | head -1 | wc -l; echo "\${PIPESTATUS[@]}"`);
    assert.equal(stderr, '', command);
    assert.match(stdout, /^1\n(0 )+0\n$|^1\n\d+ 0 0 0\n$/, command);
  }
});

test('a full disk is an error of every output, and leaves no file of its name', async () => {
  const input = newFile('rows.jsonl', `${GOOD}\nbad\n`.repeat(5));
  const rejects = await score([input, '--on-error', 'skip', '-q', '--rejects', '/dev/full']);
  assert.equal(rejects.code, 1);
  assert.match(rejects.stderr, /E_WRITE: \/dev\/full: .*ENOSPC/);
  const dry = await scoreInShell(bash`score ${newFile('good.jsonl', `${GOOD}\n`)} --dry-run -q > /dev/full`);
  assert.equal(dry.code, 1);
  assert.match(dry.stderr, /E_WRITE: <stdout>: .*ENOSPC/);
});

test('a small disk that fills up while rankings are written is an error', { skip: skipWithoutMount() }, async () => {
  const folder = tempFolder();
  const rows = newFile('rows.jsonl', ROW_LINES.repeat(20));
  for (const name of ['r.jsonl', 'r.parquet']) {
    const disk = bash`mount -t tmpfs -o size=64k none ${folder} && "$@" -q -o ${folder}/${name}; echo $?; ls ${folder}`;
    const { code, stdout, stderr } = await shell(
      bash`unshare -rm bash -c ${disk} - ${process.execPath} bin/starling-rm score -m ${await model} ${rows}`,
    );
    assert.equal(code, 0);
    assert.equal(stdout, `1\n${name}.partial\n${name}.run.json\n`, stderr);
    assert.match(
      stderr,
      new RegExp(`kept in .*${name}\\.partial; --resume goes on with it\n.*E_WRITE: .*${name}.*ENOSPC`),
    );
    assert.deepEqual(readdirSync(folder), []);
  }
});

function skipWithoutMount(): string | false {
  const { status } = spawnSync('unshare', ['-rm', 'true']);
  return status !== 0 && 'NOT TESTED: no disk can be mounted here';
}
