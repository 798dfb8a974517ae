import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { convert } from '../../src/convert/convert.js';
import { openModelFolder } from '../../src/infer/model-folder.js';
import { RewardPool } from '../../src/infer/pool.js';
import type { Dtype } from '../../src/model-files.js';
import { planRow } from '../../src/plan/plan.js';
import { MODEL, SHARED, skipWithout } from '../root.js';
import { tempFolder } from '../temp-folder.js';

/** One row of the oracle: token ids and PyTorch's float32 reward of each answer. */
interface Expected {
  ids: number[][];
  scores: number[];
}

const CHECKPOINT = join(SHARED, 'checkpoints/starling-rm-mini');
const ORACLE = join(SHARED, 'oracles/mini-scores.jsonl');
const skip = skipWithout(CHECKPOINT, ORACLE);
const EVERY = 7;
const LONG = 2048;

/** Every seventh row, and the shortest of those that were cut to the maximum length. */
function expectedRows(): Expected[] {
  const all: Expected[] = readFileSync(ORACLE, 'utf8')
    .split('\n')
    .filter(Boolean)
    .map((line) => JSON.parse(line));
  const cut = all
    .filter(({ ids }) => ids.some(({ length }) => length === LONG))
    .sort((a, b) => a.ids.length - b.ids.length);
  assert.ok(cut.length > 0);
  return [...all.filter(({ ids }, i) => i % EVERY === 0 && ids.every(({ length }) => length < LONG)), cut[0]];
}

async function rewards(folder: string, dtype: Dtype, rows: readonly Expected[]): Promise<number[][]> {
  const pool = await RewardPool.open(await openModelFolder(folder, dtype), { workers: 2, threads: 1 });
  const found = await Promise.all(
    rows.map(async ({ ids }) => {
      const plan = planRow(ids.map((list) => ({ ids: Int32Array.from(list), cut: 0 })));
      const suffixes = await pool.score(plan);
      return plan.suffixOf.map((suffix) => suffixes[suffix]);
    }),
  );
  await pool.close();
  return found;
}

test('fp32: every reward is that of PyTorch within 2e-3', { skip }, async () => {
  const folder = join(tempFolder(), 'model');
  await convert({ checkpoint: CHECKPOINT, folder, dtypes: ['fp32'], overrides: {} });
  const rows = expectedRows();
  const found = await rewards(folder, 'fp32', rows);
  rows.forEach(({ scores }, row) => {
    scores.forEach((score, i) => {
      assert.ok(Math.abs(found[row][i] - score) < 2e-3, `${found[row][i]} for ${score}, row ${row}, answer ${i}`);
    });
  });
});

test('int8: pairs of answers are ordered as in fp32, but for near ties', { skip }, async () => {
  const rows = expectedRows();
  const found = await rewards(MODEL, 'int8', rows);
  let pairs = 0;
  let same = 0;
  rows.forEach(({ scores }, row) => {
    for (let i = 0; i < scores.length; i++) {
      assert.ok(Math.abs(found[row][i] - scores[i]) < 0.5, `${found[row][i]} for ${scores[i]}`);
      for (let j = 0; j < i; j++) {
        pairs++;
        if ((scores[i] - scores[j]) * (found[row][i] - found[row][j]) > 0) same++;
      }
    }
  });
  assert.ok(same / pairs > 0.97, `${same} of ${pairs}`);
});
