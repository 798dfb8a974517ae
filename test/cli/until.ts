import assert from 'node:assert/strict';
import type { ChildProcess } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { setTimeout as wait } from 'node:timers/promises';

/** Milliseconds between two checks. */
const LOOK = 10;

/** Waits until a condition holds, without a time limit. It fails if the program ends before. */
export async function until(condition: () => boolean | Promise<boolean>, child: ChildProcess): Promise<void> {
  for (;;) {
    const hasEnded = child.exitCode !== null || child.signalCode !== null;
    if (await condition()) return;
    assert.ok(!hasEnded, 'the program ended before it did what is waited for');
    await wait(LOOK);
  }
}

/** Waits for the first whole line of a file that a program writes. */
export async function firstLineIn(file: string, child: ChildProcess): Promise<void> {
  await until(async () => (await readFile(file, 'utf8').catch(() => '')).includes('\n'), child);
}
