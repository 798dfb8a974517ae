import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { mkdir, readFile, rename, utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import type { RunRecord } from '../../../src/runs/run-record.js';
import { writeFolder } from '../../engines/local/external-folder.js';
import { LIMIT } from '../../limit.js';
import { node, smallGraph, tensor } from '../../model/graph/small-graph.js';
import { ROOT } from '../../root.js';
import { tempFolder } from '../../temp-folder.js';
import { byteModel } from '../byte-model.js';
import { bash, finished, lines, row, run, shell, start } from '../run.js';
import { firstLineIn } from '../until.js';

const SIGNALS = { SIGHUP: 129, SIGINT: 130, SIGUSR1: 138, SIGTERM: 143 } as const;
type Signal = keyof typeof SIGNALS;

const PROGRAM = bash`${process.execPath} ${join(ROOT, 'bin/starling-rm')}`;
const model = byteModel();
const skip = skipWithoutMount();

/** Rows that tests write themselves, each with an answer of so many words. */
function rowsOf(count: number, words = 3): string {
  const answers = (i: number) => [`Answer ${i}.`, `No, ${'it is not. '.repeat(words)}`];
  return Array.from({ length: count }, (_, i) => row(`r${i}`, answers(i), `Question ${i}?`)).join('');
}

interface Case {
  folder: string;
  rows: string;
  out: string;
  partial: string;
  /** What a run without a fault writes. */
  whole: Buffer;
  args: string[];
}

async function caseOf(text: string, ending = 'jsonl', modified = new Date()): Promise<Case> {
  const folder = tempFolder();
  const [rows, fresh, out] = ['rows.jsonl', `whole.${ending}`, `r.${ending}`].map((name) => join(folder, name));
  await writeFile(rows, text);
  await utimes(rows, modified, modified);
  const args = ['score', '-m', await model, '-q', '--workers', '1', rows];
  const { code, stderr } = await run([...args, '-o', fresh]);
  assert.equal(code, 0, stderr);
  return { folder, rows, out, partial: `${out}.partial`, whole: await readFile(fresh), args };
}

/** Leaves what a run that was killed after so many bytes would have left. */
async function leave({ out, partial, whole }: Case, bytes: number, change: Partial<RunRecord> = {}): Promise<void> {
  const { end, ...record } = JSON.parse(await readFile(out.replace('r.jsonl', 'whole.jsonl.run.json'), 'utf8'));
  await writeFile(`${out}.run.json`, JSON.stringify({ ...record, ...change }));
  await writeFile(partial, whole.subarray(0, bytes));
}

async function assertGoesOn({ args, out, whole }: Case): Promise<void> {
  const { code, stderr } = await run([...args, '-o', out, '--resume']);
  assert.equal(code, 0, stderr);
  assert.ok(whole.equals(await readFile(out)), 'other bytes than those of a run without a fault');
}

for (const [signal, exitCode] of Object.entries(SIGNALS) as [Signal, number][]) {
  test(`${signal} once writes the rows in flight, and --resume goes on to the same bytes`, LIMIT, async () => {
    const made = await caseOf(rowsOf(60, 120));
    const child = start(...made.args, '-o', made.out);
    const end = finished(child);
    await firstLineIn(made.partial, child);
    child.kill(signal);
    const { code, stderr } = await end;
    assert.equal(code, exitCode, stderr);
    const left = await readFile(made.partial);
    assert.ok(made.whole.subarray(0, left.length).equals(left));
    assert.equal(left.at(-1), 10, 'ends with a whole line');
    const written = lines(left.toString()).length;
    assert.match(stderr, new RegExp(`kept in .*\n.*: stopped after ${written} rows\n$`));
    assert.ok(written < 60 && !existsSync(made.out));
    await assertGoesOn(made);
  });

  test(`${signal} twice loses nothing that was written, and --resume goes on to the same bytes`, LIMIT, async () => {
    const made = await caseOf(rowsOf(60, 120));
    const child = start(...made.args, '-o', made.out);
    const end = finished(child);
    await firstLineIn(made.partial, child);
    const before = readFileSync(made.partial);
    child.kill(signal);
    const again = setInterval(() => child.kill(signal), 2);
    const ended = await end;
    clearInterval(again);
    assert.equal(ended.signal === null ? ended.code : SIGNALS[ended.signal as Signal], exitCode, ended.stderr);
    const left = await readFile(made.partial);
    assert.ok(left.length >= before.length && made.whole.subarray(0, left.length).equals(left));
    assert.ok(!existsSync(made.out));
    await assertGoesOn(made);
  });
}

test(
  'an abort of the whole process loses nothing that was written, and --resume goes on to the same bytes',
  LIMIT,
  async () => {
    const made = await caseOf(rowsOf(60, 120));
    const child = start(...made.args, '-o', made.out);
    const end = finished(child);
    await firstLineIn(made.partial, child);
    const before = readFileSync(made.partial);
    child.kill('SIGABRT');
    assert.equal((await end).signal, 'SIGABRT');
    const left = await readFile(made.partial);
    assert.ok(left.length >= before.length && made.whole.subarray(0, left.length).equals(left));
    await assertGoesOn(made);
  },
);

test(
  'a partial or a folder that was moved goes on with --resume, back in its place or in the new one',
  LIMIT,
  async () => {
    for (const moved of ['partial', 'folder']) {
      const made = await caseOf(rowsOf(8));
      const [here, there] = ['out', 'elsewhere'].map((name) => join(made.folder, name));
      await mkdir(here);
      const out = join(here, 'r.jsonl');
      const [text, more] = [rowsOf(3), rowsOf(8).slice(rowsOf(3).length)];
      const child = start(...made.args.slice(0, -1), '-o', out);
      const end = finished(child);
      child.stdin.write(text);
      await firstLineIn(`${out}.partial`, child);
      if (moved === 'partial') await rename(`${out}.partial`, there);
      else await rename(here, there);
      const { code, stderr } = await end;
      assert.equal(code, 1, stderr);
      assert.match(stderr, /E_WRITE: .*r\.jsonl\.partial: /, moved);
      if (moved === 'partial') await rename(there, `${out}.partial`);
      const now = moved === 'partial' ? out : join(there, 'r.jsonl');
      const again = await run([...made.args.slice(0, -1), '-o', now, '--resume'], text + more);
      assert.equal(again.code, 0, `${moved}: ${again.stderr}`);
      assert.equal(scoresIn(await readFile(now, 'utf8')), scoresIn(made.whole.toString()), moved);
    }
  },
);

test('a pipe whose writer ends within a row: that is a bad row, and --resume goes on when it gets all rows', async () => {
  const made = await caseOf(rowsOf(8));
  const text = rowsOf(8);
  const args = [...made.args.slice(0, -1), '-o', made.out];
  const cut = await run(args, text.slice(0, rowsOf(5).length + 20));
  assert.equal(cut.code, 1);
  assert.match(cut.stderr, /E_JSON: <stdin>, line 6 \(row 5\)/);
  assert.equal(lines(await readFile(made.partial, 'utf8')).length, 5);
  const { code, stderr } = await run([...args, '--resume'], text);
  assert.equal(code, 0, stderr);
  assert.equal(scoresIn(await readFile(made.out, 'utf8')), scoresIn(made.whole.toString()));
});

test('a disk that was full and has room again: --resume goes on to the same bytes', { skip, ...LIMIT }, async () => {
  for (const [ending, size] of [
    ['jsonl', '48k'],
    ['tsv', '24k'],
    ['parquet', '48k'],
  ]) {
    const made = await caseOf(rowsOf(300), ending);
    const disk = tempFolder();
    const copy = join(made.folder, 'copy');
    const score = `${PROGRAM} ${bash`score -m ${await model} ${made.rows} -q -o ${join(disk, `r.${ending}`)}`}`;
    const count = bash`wc -c < ${join(disk, `r.${ending}.partial`)}`;
    const steps = [
      bash`mount -t tmpfs -o size=${size} none ${disk}`,
      `${score}; echo $?; ${count}`,
      `${score} --resume; echo $?; ${count}`,
      bash`mount -o remount,size=16m ${disk}`,
      `${score} --resume; echo $?`,
      bash`cp ${join(disk, `r.${ending}`)} ${copy}; ls ${disk}`,
    ];
    const { stdout, stderr } = await shell(bash`unshare -rm bash -c ${steps.join('\n')}`);
    const [full, kept, stillFull, stillKept, done, ...left] = lines(stdout);
    assert.deepEqual([full, stillFull, done], ['1', '1', '0'], `${ending}: ${stderr}`);
    assert.match(stderr, /kept in .*\n.*E_WRITE: .*ENOSPC/);
    assert.ok(Number(kept) > 8000 && Number(stillKept) > Number(kept) - 1000, `${ending}: ${kept}, ${stillKept}`);
    assert.deepEqual(left, [`r.${ending}`, `r.${ending}.run.json`]);
    assert.ok(made.whole.equals(await readFile(copy)), ending);
  }
});

test('a model that cannot be written to is scored and checked like any other', { skip, ...LIMIT }, async () => {
  const made = await caseOf(rowsOf(3));
  const dir = await model;
  const steps = [
    bash`mount --bind ${dir} ${dir} && mount -o remount,ro,bind ${dir}`,
    bash`touch ${join(dir, 'new')} 2> /dev/null && echo writable`,
    `${PROGRAM} ${bash`score -m ${dir} -q ${made.rows} -o ${made.out}`}; echo $?`,
    `${PROGRAM} ${bash`doctor -m ${dir}`} > /dev/null 2>&1; echo $?`,
  ];
  const { stdout, stderr } = await shell(bash`unshare -rm bash -c ${steps.join('\n')}`);
  assert.equal(stdout.split('\n')[0], '0', stderr);
  const doctor = await run(['doctor', '-m', dir]);
  assert.equal(stdout, `0\n${doctor.code}\n`, 'doctor finds the same as in a folder that can be written to');
  assert.ok(made.whole.equals(await readFile(made.out)));
});

test('without descriptors a run says so and loses nothing, and --resume goes on to the same bytes', LIMIT, async () => {
  const made = await caseOf(rowsOf(12));
  const bytes = Math.floor(made.whole.length / 2);
  await leave(made, bytes);
  const words = [...made.args, '-o', made.out, '--resume'].map((word) => bash`${word}`).join(' ');
  let short = 0;
  for (let files = 20; files <= 44; files += 3) {
    const { code, stderr } = await shell(`ulimit -n ${files}; starling-rm ${words}`);
    if (code === 0) break;
    short++;
    assert.equal(code, 1, `${files}: ${stderr}`);
    assert.match(stderr, /^starling-rm: [^\n]*EMFILE[^\n]* raise [^\n]*ulimit -n 1024[^\n]*\n$/m, `${files}`);
    const left = await readFile(made.partial);
    // The line that was cut may be gone.
    const least = made.whole.subarray(0, bytes).lastIndexOf(10) + 1;
    assert.ok(left.length >= least && made.whole.subarray(0, left.length).equals(left), `${files}`);
  }
  assert.ok(short > 2, 'some were short of files');
  await assertGoesOn(made);
});

test('a row that the session refuses is a bad row with its place, and the others are scored', async () => {
  // A table with fewer rows than the vocabulary has tokens, as of a checkpoint whose tokenizer was extended.
  const table = tensor('table', 1, [50], { floatData: Array.from({ length: 50 }, (_, i) => Math.sin(i)) });
  const graph = smallGraph({ nodes: [node('Gather', ['table', 'input_ids'], 'changed')], tensors: [table] });
  const folder = writeFolder({ bytes: graph });
  const tokenizer = JSON.parse(readFileSync(join(folder, 'tokenizer.json'), 'utf8'));
  tokenizer.model.vocab.z = 60;
  writeFileSync(join(folder, 'tokenizer.json'), JSON.stringify(tokenizer));
  await assertOneBadRow(folder, 'z', /could not be run: .*indices element out of data bounds, idx=60/);
});

test('a reward that is no finite number makes a bad row with its place, and the others are scored', async () => {
  // Of the unknown token, whose id is 0, this takes the logarithm.
  const folder = writeFolder({ bytes: smallGraph({ nodes: [node('Log', ['ids'], 'changed')] }) });
  await assertOneBadRow(folder, 'q', /field answers\[1\]: the model's reward is -Infinity; expected a finite number/);
});

async function assertOneBadRow(folder: string, bad: string, said: RegExp): Promise<void> {
  const rows = join(tempFolder(), 'rows.jsonl');
  const line = (id: string, second: string) => `${JSON.stringify({ id, prompt: 'a', answers: ['ab', second] })}\n`;
  await writeFile(rows, ['b', 'bb', bad, 'ba', 'aa'].map((answer, i) => line(`r${i}`, answer)).join(''));
  const chat = '{% for m in messages %}{{ m.content }}{% endfor %}';
  const template = join(tempFolder(), 'chat.jinja');
  await writeFile(template, chat);
  const args = ['score', '-q', '-m', folder, '--template-file', template, rows];
  const stopped = await run(args);
  assert.equal(stopped.code, 1);
  assert.match(stopped.stderr, /^starling-rm: E_ENGINE: .*rows\.jsonl, line 3 \(row 2\), byte \d+/m);
  assert.match(stopped.stderr, said);
  assert.equal(lines(stopped.stdout).length, 2);
  const rejects = join(tempFolder(), 'rejects.jsonl');
  const skipped = await run([...args, '--on-error', 'skip', '--rejects', rejects]);
  assert.equal(skipped.code, 1);
  assert.deepEqual(
    lines(skipped.stdout).map((text) => JSON.parse(text).index),
    [0, 1, 3, 4],
  );
  assert.match(skipped.stderr, /E_SKIPPED: 1 of 5 rows were skipped: 1 E_ENGINE/);
  assert.equal(lines(await readFile(rejects, 'utf8')).length, 1);
}

test('attempts, inputs and a lock that lie in the future stop no run, and --resume goes on to the same bytes', async () => {
  const future = new Date('2099-01-01T00:00:00Z');
  const made = await caseOf(rowsOf(10), 'jsonl', future);
  const attempt = { start: future.toISOString(), host: 'elsewhere', seconds: 5, rows: 4, tokens: 100 };
  await leave(made, Math.floor(made.whole.length / 2), { attempts: [attempt] });
  await utimes(made.partial, future, future);
  // Of a process on another machine, so it cannot be seen from here whether it still runs.
  const lock = `${made.out}.lock`;
  await writeFile(lock, `${JSON.stringify({ host: 'elsewhere', pid: 1, boot: 'another' })}\n`);
  await utimes(lock, future, future);
  await assertGoesOn(made);
  const record: RunRecord = JSON.parse(await readFile(`${made.out}.run.json`, 'utf8'));
  const [earlier, now] = record.attempts;
  assert.deepEqual(earlier, attempt);
  assert.ok(now.seconds >= 0 && now.start < earlier.start);
  assert.ok(record.end && record.end.seconds >= 5 && record.end.time < earlier.start);
});

/** Rankings without the name of their input, which may be a pipe. */
function scoresIn(text: string): string {
  return lines(text)
    .map((line) => JSON.stringify({ ...JSON.parse(line), file: undefined }))
    .join('\n');
}

function skipWithoutMount(): string | false {
  const { status } = spawnSync('unshare', ['-rm', 'true']);
  return status !== 0 && 'NOT TESTED: no disk can be mounted here';
}
