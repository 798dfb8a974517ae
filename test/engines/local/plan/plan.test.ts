import assert from 'node:assert/strict';
import { test } from 'node:test';
import { planRow } from '../../../../src/engines/local/plan/plan.js';
import { Xoshiro128 } from '../../../../src/measure/bootstrap/xoshiro128.js';
import { RUN_MULTIPLE } from '../../../../src/model/graph-contract.js';

const encoded = (...lists: number[][]) => lists.map((ids) => ({ ids: Int32Array.from(ids), cut: 0 }));

test('the common prefix of all answers is computed once, rounded down to whole runs', () => {
  const plan = planRow(encoded([1, 2, 3, 4, 5, 6], [1, 2, 3, 4, 5, 7, 8]));
  assert.deepEqual([...plan.prefix], [1, 2, 3, 4]);
  assert.deepEqual(
    plan.suffixes.map((ids) => [...ids]),
    [
      [5, 6],
      [5, 7, 8],
    ],
  );
  assert.equal(plan.tokens, 9);
});

test('an answer that is a prefix of another keeps its last id in its suffix', () => {
  const plan = planRow(encoded([1, 2, 3, 4], [1, 2, 3, 4, 5]));
  assert.deepEqual([...plan.prefix], [1, 2]);
  assert.deepEqual(
    plan.suffixes.map((ids) => [...ids]),
    [
      [3, 4],
      [3, 4, 5],
    ],
  );
});

test('equal answers are computed once; a single distinct answer needs no prefix', () => {
  const plan = planRow(encoded([1, 2, 3], [4], [1, 2, 3]));
  assert.deepEqual(plan.suffixOf, [0, 1, 0]);
  assert.equal(plan.suffixes.length, 2);
  const alone = planRow(encoded([1, 2, 3], [1, 2, 3]));
  assert.equal(alone.prefix.length, 0);
  assert.deepEqual(
    alone.suffixes.map((ids) => [...ids]),
    [[1, 2, 3]],
  );
});

test('for any answers, prefix and suffix join to the ids, no suffix is empty, and no longer prefix is possible', () => {
  const random = new Xoshiro128([1, 2, 3, 4]);
  for (let round = 0; round < 2000; round++) {
    const lists = Array.from({ length: 1 + random.below(8) }, () =>
      Array.from({ length: 1 + random.below(9) }, () => random.below(2)),
    );
    const plan = planRow(encoded(...lists));
    lists.forEach((ids, i) => {
      assert.deepEqual([...plan.prefix, ...plan.suffixes[plan.suffixOf[i]]], ids);
    });
    assert.ok(plan.suffixes.every((suffix) => suffix.length > 0));
    assert.equal(plan.prefix.length % RUN_MULTIPLE, 0);
    assert.equal(plan.tokens, plan.prefix.length + plan.suffixes.reduce((sum, { length }) => sum + length, 0));
    assert.equal(new Set(plan.suffixes.map(String)).size, plan.suffixes.length);
    if (plan.suffixes.length > 1) {
      const further = plan.suffixes.map((suffix) => [...suffix.subarray(0, RUN_MULTIPLE)].join());
      const fits = plan.suffixes.every(({ length }) => length > RUN_MULTIPLE) && new Set(further).size === 1;
      assert.ok(!fits, `${JSON.stringify(lists)} share more than ${plan.prefix.length}`);
    }
  }
});

test('a prefix that the row before shares is carried, and a single answer is split where that helps', () => {
  const prompt = Array.from({ length: 41 }, (_, i) => i);
  const first = planRow(encoded([...prompt, 100, 101, 102]));
  assert.deepEqual([first.prefix.length, first.carried], [0, 0]);
  const second = planRow(encoded([...prompt, 200, 201]), {}, first);
  assert.deepEqual([second.prefix.length, second.carried], [40, 0]);
  const third = planRow(encoded([...prompt, 300, 301], [...prompt, 400, 401]), {}, second);
  assert.deepEqual([third.prefix.length, third.carried], [40, 40]);
  const other = planRow(encoded(Array.from({ length: 60 }, (_, i) => 1000 + i)), {}, third);
  assert.deepEqual([other.prefix.length, other.carried], [0, 0]);
});
