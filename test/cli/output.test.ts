import assert from 'node:assert/strict';
import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { tempFolder } from '../temp-folder.js';
import { finished, lines, row, run, shell, start } from './run.js';

test('-o writes what standard output would get, and nothing there', async () => {
  const file = join(tempFolder(), 'rankings.jsonl');
  const input = row('a') + row('b');
  const { code, stdout, stderr } = await run(['score', '-o', file], input);
  assert.deepEqual({ code, stdout, stderr }, { code: 0, stdout: '', stderr: '' });
  assert.equal(await readFile(file, 'utf8'), (await run(['score'], input)).stdout);
});

test('a file that exists is left alone, unless --force replaces it', async () => {
  const folder = tempFolder();
  for (const name of ['rankings.jsonl', 'rankings.jsonl.partial']) {
    await writeFile(join(folder, name), 'precious');
    const { code, stderr } = await run(['score', '-o', join(folder, 'rankings.jsonl')], row('a'));
    assert.equal(code, 2);
    assert.match(stderr, new RegExp(`E_EXISTS: .*${name}: .*--force`));
    assert.equal(await readFile(join(folder, name), 'utf8'), 'precious');
    assert.equal((await run(['score', '--force', '-o', join(folder, 'rankings.jsonl')], row('a'))).code, 0);
    assert.deepEqual(await readdir(folder), ['rankings.jsonl']);
    if (name === 'rankings.jsonl') await shell(`rm ${join(folder, name)}`);
  }
});

test('a run that fails leaves no file, keeps what it wrote and says where', async () => {
  const folder = tempFolder();
  const { code, stderr } = await run(['score', '-o', join(folder, 'r.jsonl')], `${row('a')}broken\n`);
  assert.equal(code, 1);
  assert.match(stderr, /kept in .*r\.jsonl\.partial/);
  assert.deepEqual(await readdir(folder), ['r.jsonl.partial']);
  assert.equal(JSON.parse(await readFile(join(folder, 'r.jsonl.partial'), 'utf8')).id, 'a');
});

test('a full disk is an error that names the file', async () => {
  const { code, stdout, stderr } = await run(['score', '-o', '/dev/full'], row('a'));
  assert.deepEqual({ code, stdout }, { code: 1, stdout: '' });
  assert.match(stderr, /E_WRITE: \/dev\/full: .*ENOSPC/);
  const piped = await shell('starling-rm score fixtures/sample.jsonl --limit 1 > /dev/full');
  assert.equal(piped.code, 1);
  assert.match(piped.stderr, /E_WRITE: <stdout>: .*ENOSPC/);
});

test('a folder that is not there is an error that names the file', async () => {
  const { code, stderr } = await run(['score', '-o', '/no/such/folder/r.jsonl'], row('a'));
  assert.equal(code, 1);
  assert.match(stderr, /E_WRITE: \/no\/such\/folder\/r\.jsonl: .*ENOENT/);
});

test('SIGINT: the rows in flight are written, the exit code is 130', async () => {
  const file = join(tempFolder(), 'r.jsonl');
  for (const args of [['score'], ['score', '-o', file]]) {
    const child = start(...args, '--workers', '1');
    const end = finished(child);
    for (let i = 0; i < 200; i++) child.stdin.write(row(`r${i}`, ['Yes.', `No, ${'it is not. '.repeat(i)}`]));
    const seen = args.length === 1 ? firstOf(child.stdout) : firstRowIn(`${file}.partial`);
    await seen;
    child.kill('SIGINT');
    const { code, stdout, stderr } = await end;
    assert.equal(code, 130, stderr);
    assert.match(stderr, /E_INTERRUPTED: stopped after \d+ rows\n$/);
    const written = lines(args.length === 1 ? stdout : await readFile(`${file}.partial`, 'utf8'));
    assert.ok(written.length > 0 && written.length < 200, `${written.length} rows`);
    written.forEach((line, index) => {
      assert.equal(JSON.parse(line).id, `r${index}`);
    });
    assert.equal(Number(/after (\d+) rows/.exec(stderr)?.[1]), written.length);
  }
});

test('SIGINT while waiting for input ends it at once; a second one kills', async () => {
  const child = start('score');
  const end = finished(child);
  child.stdin.write(row('a'));
  await firstOf(child.stdout);
  child.kill('SIGINT');
  const { code, stdout } = await end;
  assert.equal(code, 130);
  assert.equal(lines(stdout).length, 1);
});

test('nothing but data on standard output, nothing at all on standard error', async () => {
  for (const flags of [[], ['-q'], ['--no-progress']]) {
    const { stdout, stderr } = await run(['score', ...flags], row('a'));
    assert.equal(stderr, '');
    for (const line of lines(stdout)) JSON.parse(line);
  }
});

test('progress appears on a terminal, and only on standard error', async () => {
  const inTerminal = (flags: string) =>
    shell(
      `script -qec "${process.execPath} bin/starling-rm score ${flags} fixtures/sample.jsonl --limit 2 > /dev/null" /dev/null`,
    );
  const shown = (await inTerminal('')).stdout;
  assert.match(shown, /2 rows, 14 answers, \d+ tokens\/s/);
  for (const flag of ['--no-progress', '-q']) assert.equal((await inTerminal(flag)).stdout, '');
});

async function firstOf(stream: NodeJS.ReadableStream): Promise<void> {
  await new Promise((resolve) => stream.once('data', resolve));
}

async function firstRowIn(file: string): Promise<void> {
  for (;;) {
    const content = await readFile(file, 'utf8').catch(() => '');
    if (content.includes('\n')) return;
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}
