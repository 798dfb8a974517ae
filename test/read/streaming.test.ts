import assert from 'node:assert/strict';
import { type ChildProcessByStdio, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { open } from 'node:fs/promises';
import { createInterface } from 'node:readline';
import type { Readable, Writable } from 'node:stream';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { LIMIT } from '../limit.js';
import { TempFolder } from './temp-folder.js';

const PROGRAM = fileURLToPath(new URL('./print-rows.js', import.meta.url));
const MEBIBYTE = 2 ** 20;

const folder = new TempFolder();

type Child = ChildProcessByStdio<Writable, Readable, null>;

function start(...args: string[]): { child: Child; lines: AsyncIterator<string>; exit: Promise<unknown[]> } {
  const child = spawn(process.execPath, [PROGRAM, ...args], { stdio: ['pipe', 'pipe', 'inherit'] });
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  return { child, lines, exit: once(child, 'exit') };
}

async function nextOf(lines: AsyncIterator<string>): Promise<string> {
  const { done, value } = await lines.next();
  return done ? 'no more lines' : value;
}

function row(prompt: string): string {
  return `${JSON.stringify({ prompt, answers: ['a'] })}\n`;
}

function newFifo(): string {
  const path = folder.newPath();
  execFileSync('mkfifo', [path]);
  return path;
}

test('a row comes as soon as its line, while the pipe stays open', LIMIT, async () => {
  const { child, lines, exit } = start();
  child.stdin.write(row('first'));
  assert.equal(await nextOf(lines), '0 first');
  const second = Buffer.from(row('sécond'));
  child.stdin.write(second.subarray(0, 14));
  child.stdin.write(second.subarray(14));
  assert.equal(await nextOf(lines), '1 sécond');
  child.stdin.end(row('last').trimEnd());
  assert.equal(await nextOf(lines), '2 last');
  assert.match(await nextOf(lines), /^done/);
  assert.deepEqual(await exit, [0, null]);
});

test('leaving early closes stdin although its writer stays', LIMIT, async () => {
  const { child, lines, exit } = start('--stop-after', '1', '-');
  child.stdin.write(row('a') + row('b'));
  assert.equal(await nextOf(lines), '0 a');
  assert.match(await nextOf(lines), /^done/);
  assert.deepEqual(await exit, [0, null]);
});

test('an abort ends a read that waits on stdin', LIMIT, async () => {
  const { lines, exit } = start('--abort-after-ms', '20', '/dev/stdin');
  assert.match(await nextOf(lines), /^done/);
  assert.deepEqual(await exit, [0, null]);
});

test('a FIFO is read while it is written', LIMIT, async () => {
  const fifo = newFifo();
  const { lines, exit } = start(fifo);
  const writer = await open(fifo, 'w');
  await writer.write(row('a'));
  assert.equal(await nextOf(lines), '0 a');
  await writer.write(row('b'));
  assert.equal(await nextOf(lines), '1 b');
  await writer.close();
  assert.match(await nextOf(lines), /^done/);
  assert.deepEqual(await exit, [0, null]);
});

test('leaving a FIFO early closes it although its writer stays', LIMIT, async () => {
  const fifo = newFifo();
  const { lines, exit } = start('--stop-after', '1', fifo);
  const writer = await open(fifo, 'w');
  await writer.write(row('a'));
  assert.equal(await nextOf(lines), '0 a');
  assert.deepEqual(await exit, [0, null]);
  await writer.close();
});

test('an abort ends the wait for the writer of a FIFO', LIMIT, async () => {
  const { lines, exit } = start('--abort-after-ms', '20', newFifo());
  assert.match(await nextOf(lines), /^done/);
  assert.deepEqual(await exit, [0, null]);
});

test('after leaving a file early the process exits', LIMIT, async () => {
  const { lines, exit } = start('--stop-after', '2', folder.file(row('a').repeat(50_000)));
  assert.deepEqual([await nextOf(lines), await nextOf(lines)], ['0 a', '1 a']);
  assert.match(await nextOf(lines), /^done/);
  assert.deepEqual(await exit, [0, null]);
});

test('a line that is too long takes no more memory than the limit', LIMIT, async () => {
  const { child, lines, exit } = start('--max-line', String(MEBIBYTE));
  const part = Buffer.alloc(MEBIBYTE, 'x');
  child.stdin.write(row('a'));
  for (let i = 0; i < 400; i++) if (!child.stdin.write(part)) await once(child.stdin, 'drain');
  child.stdin.end(`\n${row('b')}`);
  assert.deepEqual([await nextOf(lines), await nextOf(lines)], ['0 a', '1 E_LINE_TOO_LONG']);
  assert.equal(await nextOf(lines), '2 b');
  const grown = Number(/^done (\d+) MiB$/.exec(await nextOf(lines))?.[1]);
  assert.ok(grown < 150, `the process grew by ${grown} MiB for a line of 400 MiB`);
  assert.deepEqual(await exit, [0, null]);
});
