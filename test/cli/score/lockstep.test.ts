import assert from 'node:assert/strict';
import { execFile, spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { before, test } from 'node:test';
import { promisify } from 'node:util';
import { LIMIT } from '../../limit.js';
import { ROOT } from '../../root.js';
import { byteModel } from '../byte-model.js';

/** A Python with pyarrow. */
const PYTHON = process.env.STARLING_RM_PYTHON ?? 'python3';
const absent = spawnSync(PYTHON, ['-c', 'import pyarrow']).status !== 0 && `NOT TESTED: ${PYTHON} lacks pyarrow`;

let model: string;

before(async () => {
  model = await byteModel();
});

interface Lockstep {
  answers: string[][][];
  rest: number;
  code: number;
}

async function lockstep(batches: number, rows: number, words: number): Promise<Lockstep> {
  const script = join(ROOT, 'test/cli/score/lockstep.py');
  const score = [process.execPath, join(ROOT, 'bin/starling-rm'), 'score', '-q', '-m', model, '--format', 'arrow'];
  const { stdout, stderr } = await promisify(execFile)(PYTHON, [script, `${batches}`, `${rows}`, `${words}`, ...score]);
  assert.equal(stderr, '', 'a quiet start prints nothing');
  return JSON.parse(stdout);
}

test('a reader that waits for the answer of each Arrow batch gets it, whole and without the next batch', {
  skip: absent,
  ...LIMIT,
}, async () => {
  for (const [batches, rows, words] of [
    [20, 3, 4],
    // More than a pipe holds: 64 KiB.
    [2, 200, 400],
  ]) {
    const { answers, rest, code } = await lockstep(batches, rows, words);
    const expected = Array.from({ length: batches }, (_, number) =>
      Array.from({ length: rows }, (_, row) => `${number}-${row}`),
    );
    assert.deepEqual(
      answers.map((pieces) => pieces.flat()),
      expected,
    );
    assert.deepEqual([rest, code], [0, 0]);
  }
});
