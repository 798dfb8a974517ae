import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import type { Turn } from '../../../src/contracts/row.js';
import { convert } from '../../../src/convert/convert.js';
import { planRow } from '../../../src/engines/local/plan/plan.js';
import { RewardPool } from '../../../src/engines/local/pool.js';
import type { Dtype } from '../../../src/model/files.js';
import { openModelFolder } from '../../../src/model/folder.js';
import { openEncoder } from '../../../src/model/texts/stages.js';
import { MODEL, ROOT, SHARED, skipWithout } from '../../root.js';
import { tempFolder } from '../../temp-folder.js';

/** One row of an oracle: token ids and PyTorch's float32 reward of each answer. */
interface Expected {
  ids: number[][];
  scores: number[];
}

/** A row of our own, with the results of test/oracles/mini.py. */
interface OwnRow {
  conversation: Turn[];
  answers: string[];
  /** For each answer the number of its ids, and the digest of the ids as `1,2,3`. */
  tokens: number[];
  sha256: string[];
  scores: number[];
}

const OWN = jsonLines<OwnRow>(join(ROOT, 'test/oracles/mini.jsonl'));
const CHECKPOINT = join(SHARED, 'checkpoints/starling-rm-mini');
const ORACLE = join(SHARED, 'oracles/mini-scores.jsonl');
const EVERY = 14;
const LONG = 2048;

/** Tolerance of fp32, whose sums are in another order. */
const CLOSE = 2e-3;
/**
 * Tolerances of int8 on our own rows, twice the errors when the rows were made: at most 0.14, and 0.05 on average. Integer products are
 * exact on processors with and without AMX or VNNI. The rounding around them differs by far less than these tolerances.
 */
const NEAR = 0.28;
const NEAR_ON_AVERAGE = 0.1;

function jsonLines<Line>(file: string): Line[] {
  const lines = readFileSync(file, 'utf8').split('\n').filter(Boolean);
  return lines.map((line) => JSON.parse(line));
}

function digest(ids: ArrayLike<number>): string {
  return createHash('sha256').update(Array.from(ids).join()).digest('hex');
}

/** Our own rows with the ids of this encoder. */
async function ownRows(): Promise<Expected[]> {
  const options = { template: 'chatml', system: null, trim: true, maxLength: LONG, addBos: false, allowSpecial: false };
  const encoder = await openEncoder(MODEL, options);
  return OWN.map(({ conversation, answers, scores }) => {
    return { ids: encoder.encodeRow(conversation, answers).map(({ ids }) => [...ids]), scores };
  });
}

/** Some rows of dev sets, and the shortest of the truncated rows. */
function devRows(): Expected[] {
  const all = jsonLines<Expected>(ORACLE);
  const cut = all
    .filter(({ ids }) => ids.some(({ length }) => length === LONG))
    .sort((a, b) => a.ids.length - b.ids.length);
  assert.ok(cut.length > 0);
  return [...all.filter(({ ids }, i) => i % EVERY === 0 && ids.every(({ length }) => length < LONG)), cut[0]];
}

async function rewards(folder: string, dtype: Dtype, rows: readonly Expected[]): Promise<number[][]> {
  const pool = await RewardPool.open(await openModelFolder(folder, dtype), { workers: 2, threads: 1 });
  try {
    return await Promise.all(
      rows.map(async ({ ids }) => {
        const plan = planRow(ids.map((list) => ({ ids: Int32Array.from(list), cut: 0 })));
        const suffixes = await pool.score(plan);
        return plan.suffixOf.map((suffix) => suffixes[suffix]);
      }),
    );
  } finally {
    await pool.close();
  }
}

/** The absolute error of each reward against PyTorch. */
function errorsOf(found: readonly number[][], rows: readonly Expected[]): number[] {
  const errors = rows.flatMap(({ scores }, row) => {
    assert.equal(found[row].length, scores.length);
    return scores.map((score, i) => Math.abs(found[row][i] - score));
  });
  assert.ok(errors.length > 20);
  return errors;
}

/** The number of pairs of answers in a row, and how many of them have PyTorch's order. */
function orderedAlike(found: readonly number[][], rows: readonly Expected[]): { pairs: number; same: number } {
  let [pairs, same] = [0, 0];
  rows.forEach(({ scores }, row) => {
    for (let i = 0; i < scores.length; i++) {
      for (let j = 0; j < i; j++) {
        if (scores[i] === scores[j]) continue;
        pairs++;
        if ((scores[i] - scores[j]) * (found[row][i] - found[row][j]) > 0) same++;
      }
    }
  });
  return { pairs, same };
}

test('our own twenty rows, of one to seven answers, some truncated, have the ids of HF tokenizers', async () => {
  assert.equal(OWN.length, 20);
  assert.deepEqual([...new Set(OWN.map(({ answers }) => answers.length))].sort(), [1, 2, 3, 4, 5, 6, 7]);
  assert.ok(OWN.some(({ tokens }) => tokens.includes(LONG)));
  for (const [row, { ids }] of (await ownRows()).entries()) {
    assert.deepEqual(
      ids.map(({ length }) => length),
      OWN[row].tokens,
      `row ${row}`,
    );
    assert.deepEqual(ids.map(digest), OWN[row].sha256, `row ${row}`);
  }
});

test('embedded int8 model: rewards and orders of our own rows are those of PyTorch in float32, within the error of int8', async (t) => {
  const rows = await ownRows();
  const found = await rewards(MODEL, 'int8', rows);
  const errors = errorsOf(found, rows);
  const most = Math.max(...errors);
  const mean = errors.reduce((sum, error) => sum + error) / errors.length;
  const { pairs, same } = orderedAlike(found, rows);
  t.diagnostic(
    `at most ${most.toFixed(3)} off, on average ${mean.toFixed(3)}; ${same} of ${pairs} pairs ordered alike`,
  );
  assert.ok(most < NEAR, `${most}`);
  assert.ok(mean < NEAR_ON_AVERAGE, `${mean}`);
  assert.ok(same / pairs > 0.95, `${same} of ${pairs}`);
});

test('fp32: every reward is that of PyTorch', { skip: skipWithout(CHECKPOINT, ORACLE) }, async () => {
  const folder = join(tempFolder(), 'model');
  await convert({ checkpoint: CHECKPOINT, folder, dtypes: ['fp32'], overrides: {} });
  const rows = [...(await ownRows()), ...devRows()];
  const most = Math.max(...errorsOf(await rewards(folder, 'fp32', rows), rows));
  assert.ok(most < CLOSE, `${most}`);
});

test('int8: pairs of answers of dev sets have the order of fp32, except near ties', {
  skip: skipWithout(ORACLE),
}, async () => {
  const rows = devRows();
  const found = await rewards(MODEL, 'int8', rows);
  assert.ok(Math.max(...errorsOf(found, rows)) < 0.5);
  const { pairs, same } = orderedAlike(found, rows);
  assert.ok(same / pairs > 0.97, `${same} of ${pairs}`);
});
