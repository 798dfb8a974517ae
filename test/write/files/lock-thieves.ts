import { parentPort, workerData } from 'node:worker_threads';
import { createLockFile } from '../../../src/write/files/lock-file.js';

/** Data that a thief (a worker that tries to take stale locks) is started with. */
export interface ThiefStart {
  locks: readonly string[];
  thieves: number;
  /** The number of thieves that have arrived at each lock. */
  arrived: Int32Array;
}

const { locks, thieves, arrived } = workerData as ThiefStart;

/** Tries to take each lock at the same moment as the other thieves. */
const won = locks.map((path, i) => {
  const before = Atomics.add(arrived, i, 1);
  if (before + 1 === thieves) Atomics.notify(arrived, i);
  for (let n = before + 1; n < thieves; n = Atomics.load(arrived, i)) Atomics.wait(arrived, i, n);
  for (;;) {
    const found = createLockFile(path);
    if (typeof found === 'number') return true;
    if (found.path === path) return false;
  }
});
parentPort?.postMessage(won);
