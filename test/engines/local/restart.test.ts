import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { ResourceLimits, Worker } from 'node:worker_threads';
import { RowError, StarlingError } from '../../../src/contracts/errors.js';
import type { Row } from '../../../src/contracts/row.js';
import { LocalSessions } from '../../../src/engines/local/local-model.js';
import { planRow, planWhole } from '../../../src/engines/local/plan/plan.js';
import type { Plan } from '../../../src/engines/local/plan/plan-types.js';
import { RewardPool } from '../../../src/engines/local/pool.js';
import { openModel } from '../../../src/model/open-model.js';
import { openScorer } from '../../../src/score/open-scorer.js';
import { byteModel } from '../../cli/byte-model.js';
import { node, smallGraph } from '../../model/graph/small-graph.js';
import { scoringOf } from '../../scoring-of.js';
import { writeFolder } from './external-folder.js';
import { workersLeft } from './workers-left.js';

/** A worker whose heap is this small computes short texts, and ends when it makes the arrays of a long one. */
const TINY_HEAP: ResourceLimits = { maxYoungGenerationSizeMb: 6, maxOldGenerationSizeMb: 16 };
const TOO_LONG = 300_000;

const external = writeFolder({ bytes: smallGraph({ nodes: [node('Sqrt', ['ids'], 'changed')] }) });
const ours = byteModel();

async function open(workers: number, folder = external): Promise<RewardPool> {
  return RewardPool.open(await openModel({ folder }), { workers, threads: 1, heap: TINY_HEAP });
}

const whole = (...lists: number[][]) => planWhole(lists.map((ids) => ({ ids: Int32Array.from(ids), cut: 0 })));
const short = (i: number) => whole([1, 2, i % 14], [4, i % 9]);
const long = () => whole(Array.from({ length: TOO_LONG }, (_, i) => i % 14));

/** Counts the workers that are started from now on. `end` ends the last one by an uncaught exception, behind what it was given before. */
function endedWorkers(): { end(): void; count(): number } {
  const started: Worker[] = [];
  process.on('worker', (worker) => started.push(worker));
  return {
    // No message of the pool: the worker cannot take it apart.
    end: () => started.at(-1)?.postMessage(undefined),
    count: () => started.length,
  };
}

function isTwiceLost(error: unknown): boolean {
  assert.ok(error instanceof RowError);
  assert.equal(error.code, 'E_ENGINE');
  assert.match(error.message, /^this row ended a worker twice: a worker failed: .*out of memory; .*--max-length/);
  return true;
}

test('a row that ends two workers for want of memory fails, and the rows around it get their rewards', async () => {
  for (const workers of [1, 2, 3]) {
    const plans = Array.from({ length: 24 }, (_, i) => (i === 5 || i === 13 ? long() : short(i)));
    const pool = await open(workers);
    const results = await Promise.allSettled(plans.map((plan) => pool.score(plan)));
    await pool.close();
    const fresh = await open(1);
    for (const [i, result] of results.entries()) {
      if (i === 5 || i === 13) assert.ok(result.status === 'rejected' && isTwiceLost(result.reason), `row ${i}`);
      else assert.deepEqual(result, { status: 'fulfilled', value: await fresh.score(plans[i]) }, `row ${i}`);
    }
    await fresh.close();
  }
});

test('a row that ended two workers is an error with its place, and the rows behind it are ranked', async () => {
  const folder = writeFolder({
    bytes: smallGraph({ nodes: [node('Sqrt', ['ids'], 'changed')] }),
    config: { max_position_embeddings: 10 * TOO_LONG },
  });
  const settings = scoringOf(folder, { template: 'llama-2-ppo', maxLength: 10 * TOO_LONG });
  const scorer = await openScorer({ ...settings, run: new LocalSessions({ workers: 1, threads: 1, heap: TINY_HEAP }) });
  async function* rows(): AsyncGenerator<Row> {
    for (const [index, text] of ['ab', 'b', 'ab'.repeat(TOO_LONG), 'a', 'ba'].entries()) {
      const conversation = [{ role: 'user' as const, text: 'a' }];
      yield {
        index,
        promptId: `${index}`,
        conversation,
        answers: [{ text }],
        place: { file: 'f', row: index },
        record: {},
      };
    }
  }
  const found: string[] = [];
  for await (const one of scorer.rankings(rows(), { keep: false, stop: () => {} })) {
    found.push(one instanceof RowError ? `${one}` : `row ${one.index}`);
  }
  await scorer.close();
  assert.match(found[2], /^E_ENGINE: f, row 2: this row ended a worker twice: /);
  assert.deepEqual(found.toSpliced(2, 1), ['row 0', 'row 1', 'row 3', 'row 4']);
});

test('after its last worker has ended, the pool starts one for a single short row', async () => {
  const pool = await open(1);
  const expected = await pool.score(short(3));
  const [lost] = await Promise.allSettled([pool.score(long())]);
  assert.ok(lost.status === 'rejected' && isTwiceLost(lost.reason));
  assert.deepEqual(await pool.score(short(3)), expected);
  await pool.close();
});

test('what a worker had when it ended is computed once more, to the same bits, from an empty cache', async () => {
  const begin = Array.from({ length: 90 }, (_, i) => 5 + (i % 200));
  const rows: Plan[] = [];
  for (let i = 0; i < 40; i++) {
    const lists = [7, 8, 9].map((last) => ({
      ids: Int32Array.from([...begin, 9 + Math.floor(i / 8), i, last]),
      cut: 0,
    }));
    rows.push(planRow(lists, {}, rows.at(-1)));
  }
  const pool = await open(1, await ours);
  const expected = await Promise.all(rows.map((row) => pool.score(row)));
  await pool.close();
  const workers = endedWorkers();
  const failing = await open(1, await ours);
  const found = rows.map(async (row, i) => {
    const rewards = await failing.score(row);
    if (i % 7 === 3) workers.end();
    return rewards;
  });
  assert.deepEqual(await Promise.all(found), expected);
  assert.ok(workers.count() > 4, `${workers.count()} workers were started`);
  await failing.close();
});

test('where no worker computes anything any more, the pool fails and no worker stays behind', async () => {
  const left = workersLeft();
  const pool = await open(1);
  const results = await Promise.allSettled(Array.from({ length: 6 }, () => pool.score(long())));
  const errors = results.map((result) => (result.status === 'rejected' ? result.reason : undefined));
  assert.ok(errors.slice(0, 4).every(isTwiceLost));
  for (const error of errors.slice(4)) {
    assert.ok(error instanceof StarlingError && !(error instanceof RowError));
    assert.match(`${error}`, /^E_ENGINE: 8 workers in a row ended before they had computed anything: .*out of memory/);
  }
  await assert.rejects(pool.score(short(1)), /8 workers in a row/);
  await pool.close();
  assert.equal(left.size, 0);
});

test('a pool that is closed while a worker ends starts no other', async () => {
  const left = workersLeft();
  const pool = await open(2);
  const lost = pool.score(long());
  const [{ status }] = await Promise.allSettled([lost, pool.close()]);
  assert.equal(status, 'rejected');
  await assert.rejects(pool.score(short(1)), /the model was closed/);
  assert.equal(left.size, 0);
});

test('workers that end leave the memory of the process as it was', async () => {
  const pool = await open(1);
  const lose = async () => {
    const [bad] = await Promise.allSettled([pool.score(long()), pool.score(short(2))]);
    assert.equal(bad.status, 'rejected');
  };
  for (let i = 0; i < 3; i++) await lose();
  const before = process.memoryUsage().rss;
  for (let i = 0; i < 8; i++) await lose();
  const grown = (process.memoryUsage().rss - before) / 2 ** 20;
  await pool.close();
  assert.ok(grown < 30, `${grown} MiB more after 16 workers`);
});
