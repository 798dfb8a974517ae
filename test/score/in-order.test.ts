import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setImmediate as turn } from 'node:timers/promises';
import { inOrder } from '../../src/score/in-order.js';

async function* numbers(count: number, onTake: (n: number) => void = () => {}): AsyncGenerator<number> {
  for (let n = 0; n < count; n++) {
    onTake(n);
    yield n;
  }
}

const nothing = () => {};

test('results come in the order of the items, independent of which finishes first', async () => {
  const work = async (n: number) => {
    for (let i = 0; i < (n * 7) % 5; i++) await turn();
    return n;
  };
  const results: number[] = [];
  for await (const result of inOrder(numbers(50), work, 8, nothing)) results.push(result);
  assert.deepEqual(
    results,
    Array.from({ length: 50 }, (_, n) => n),
  );
});

test('a result is yielded while the next item is still awaited', async () => {
  let release = nothing;
  async function* slow(): AsyncGenerator<string> {
    yield 'first';
    await new Promise<void>((resolve) => {
      release = resolve;
    });
    yield 'second';
  }
  const results = inOrder(slow(), async (item) => item, 4, nothing);
  assert.equal((await results.next()).value, 'first');
  release();
  assert.equal((await results.next()).value, 'second');
  assert.equal((await results.next()).done, true);
});

test('no more than the given number of items are started ahead of the awaited one', async () => {
  let started = 0;
  let finished = 0;
  let most = 0;
  const work = async (n: number) => {
    started++;
    await turn();
    return n;
  };
  for await (const _ of inOrder(numbers(40), work, 5, nothing)) {
    most = Math.max(most, started - finished);
    finished++;
    await turn();
    await turn();
  }
  assert.equal(started, 40);
  assert.ok(most <= 6, `${most}`);
});

test('an error comes in order, after the results before it', async () => {
  const results: number[] = [];
  const work = async (n: number) => {
    if (n === 3) throw new Error('three');
    await turn();
    return n;
  };
  await assert.rejects(async () => {
    for await (const result of inOrder(numbers(10), work, 8, nothing)) results.push(result);
  }, /three/);
  assert.deepEqual(results, [0, 1, 2]);
});

test('the error of a source comes after the results of its items', async () => {
  async function* broken(): AsyncGenerator<number> {
    yield 1;
    throw new Error('disk');
  }
  const results: number[] = [];
  await assert.rejects(async () => {
    for await (const result of inOrder(broken(), async (n) => n, 8, nothing)) results.push(result);
  }, /disk/);
  assert.deepEqual(results, [1]);
});

test('leaving early stops the source, even while it waits, and takes no more items', async () => {
  let stopped = nothing;
  const stop = new Promise<void>((resolve) => {
    stopped = resolve;
  });
  async function* waiting(): AsyncGenerator<number> {
    yield 1;
    await stop;
  }
  for await (const _ of inOrder(waiting(), async (n) => n, 8, stopped)) break;
  let taken = 0;
  for await (const _ of inOrder(
    numbers(1000, () => taken++),
    async (n) => n,
    3,
    nothing,
  ))
    break;
  assert.ok(taken <= 5, `${taken}`);
});
