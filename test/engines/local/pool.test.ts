import assert from 'node:assert/strict';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { StarlingError } from '../../../src/contracts/errors.js';
import { convert } from '../../../src/convert/convert.js';
import { planRow } from '../../../src/engines/local/plan/plan.js';
import { RewardPool } from '../../../src/engines/local/pool.js';
import { type ModelFolder, openModelFolder } from '../../../src/model/folder.js';
import { TINY, writeCheckpoint } from '../../convert/tiny-checkpoint.js';
import { tempFolder } from '../../temp-folder.js';
import { workersLeft } from './workers-left.js';

async function tinyModel(): Promise<ModelFolder> {
  const folder = tempFolder();
  const checkpoint = await writeCheckpoint(join(folder, 'checkpoint'));
  await convert({ checkpoint, folder: join(folder, 'model'), dtypes: ['int8'], overrides: {} });
  return openModelFolder(join(folder, 'model'));
}

const plan = (...lists: number[][]) => planRow(lists.map((ids) => ({ ids: Int32Array.from(ids), cut: 0 })));

function isEngineError(expected: RegExp) {
  return (error: unknown) => {
    assert.ok(error instanceof StarlingError);
    assert.equal(error.code, 'E_ENGINE');
    assert.match(error.message, expected);
    return true;
  };
}

test('many plans on several workers: each gets its own rewards, from any worker', async () => {
  const model = await tinyModel();
  const plans = Array.from({ length: 60 }, (_, i) => plan([1, 2, 3, 4, i], [1, 2, 3, 4, i + 1, 7, i % 9]));
  const [alone, several] = await Promise.all(
    [1, 3].map(async (workers) => {
      const pool = await RewardPool.open(model, { workers, threads: 1 });
      const rewards = await Promise.all(plans.map((one) => pool.score(one)));
      await pool.close();
      return rewards;
    }),
  );
  assert.deepEqual(several, alone);
  assert.equal(new Set(alone.map(String)).size, plans.length);
});

test('a graph that the runtime cannot load is an error, and leaves no worker', async () => {
  const model = await tinyModel();
  await writeFile(model.graph, 'not a graph');
  const left = workersLeft();
  await assert.rejects(RewardPool.open(model, { workers: 2, threads: 1 }), isEngineError(/could not be loaded/));
  assert.equal(left.size, 0);
});

test('a plan that the runtime refuses fails alone', async () => {
  const pool = await RewardPool.open(await tinyModel(), { workers: 1, threads: 1 });
  const [good, bad, after] = await Promise.allSettled([
    pool.score(plan([1, 2, 3])),
    pool.score(plan([1, TINY.vocabulary + 5])),
    pool.score(plan([1, 2, 3])),
  ]);
  assert.ok(good.status === 'fulfilled' && after.status === 'fulfilled' && bad.status === 'rejected');
  assert.deepEqual(after.value, good.value);
  isEngineError(/could not be run/)(bad.reason);
  await pool.close();
});

test('an answer that the runtime refuses fails its row and no other row', async () => {
  const pool = await RewardPool.open(await tinyModel(), { workers: 2, threads: 1 });
  const rows = Array.from({ length: 12 }, (_, i) => {
    const lists = Array.from({ length: 7 }, (_, k) => [4, 5, 6, 9, i + 1, k + 10, k]);
    return i % 3 === 1 ? plan(...lists, [4, 5, 6, 9, TINY.vocabulary + 5]) : plan(...lists);
  });
  const results = await Promise.allSettled(rows.map((row) => pool.score(row)));
  results.forEach((result, i) => {
    if (result.status === 'rejected') isEngineError(/could not be run/)(result.reason);
    else assert.equal(new Set(result.value).size, 7);
    assert.equal(result.status, i % 3 === 1 ? 'rejected' : 'fulfilled');
  });
  await pool.close();
});

test('a padded run reads the last real token: an odd and an even length agree with a longer cache', async () => {
  const pool = await RewardPool.open(await tinyModel(), { workers: 1, threads: 1 });
  const ids = [5, 9, 33, 120, 7, 64, 2];
  for (let length = 1; length <= ids.length; length++) {
    const list = Int32Array.from(ids.slice(0, length));
    const whole = await pool.score({
      prefix: list.slice(0, 0),
      suffixes: [list],
      suffixOf: [0],
      tokens: length,
      carried: 0,
    });
    for (let cut = 2; cut < length; cut += 2) {
      const split = {
        prefix: list.slice(0, cut),
        suffixes: [list.slice(cut)],
        suffixOf: [0],
        tokens: length,
        carried: 0,
      };
      assert.deepEqual(await pool.score(split), whole, `${length} cut at ${cut}`);
    }
  }
  await pool.close();
});

test('another worker is started for many tokens, and scoring ends if it cannot start', async () => {
  const model = await tinyModel();
  const pool = await RewardPool.open(model, { workers: 3, threads: 1 });
  // From here on, loading the model fails.
  await writeFile(model.graph, 'not a graph');
  const few = [1, 2, 3, 4, 5].map((id) => pool.score(plan([1, 2, id], [1, 2, id + 1])));
  assert.equal((await Promise.all(few)).length, 5, 'the model is not loaded again for a few tokens');
  const many = Array.from({ length: 9 }, (_, i) => pool.score(plan(Array<number>(120).fill(i + 1))));
  const failed = (await Promise.allSettled(many)).filter(({ status }) => status === 'rejected');
  assert.ok(failed.length > 0);
  await assert.rejects(pool.score(plan([1])), isEngineError(/could not be loaded/));
  await pool.close();
});

test('all workers share the answers of a row, and rewards keep their order', async () => {
  const model = await tinyModel();
  const lists = Array.from({ length: 40 }, (_, i) => [7, 8, ...Array<number>(20 + ((i * 11) % 60)).fill(i + 3)]);
  const row = plan(...lists);
  assert.equal(row.suffixes.length, lists.length);
  const alone = await RewardPool.open(model, { workers: 1, threads: 1 });
  const expected = await Promise.all(lists.map(async (ids) => (await alone.score(plan(ids)))[0]));
  await alone.close();
  const pool = await RewardPool.open(model, { workers: 3, threads: 1 });
  assert.deepEqual([...(await pool.score(row))], expected);
  await pool.close();
});
