import assert from 'node:assert/strict';
import { test } from 'node:test';
import { sharesOf } from '../../src/plan/shares.js';
import type { Plan } from '../../src/types.js';

function planOf(prefix: number, suffixes: readonly number[]): Plan {
  const ids = (length: number, of: number) => new Int32Array(length).fill(of);
  return {
    prefix: ids(prefix, 9),
    suffixes: suffixes.map((length, i) => ids(length, i)),
    suffixOf: [...suffixes.keys()],
    tokens: suffixes.reduce((sum, length) => sum + length, prefix),
    carried: 2,
  };
}

const tokensOf = (plan: Plan, most: number) => sharesOf(plan, most).map((share) => share.plan.tokens);

test('each suffix is in one share, at the place that is told, and each share has the prefix', () => {
  const plan = planOf(100, [300, 200, 500, 400, 100, 600, 700]);
  for (const most of [1, 2, 3, 7, 20]) {
    const shares = sharesOf(plan, most);
    assert.deepEqual(shares.flatMap(({ places }) => places).sort(), plan.suffixOf);
    for (const { plan: part, places } of shares) {
      assert.deepEqual(
        part.suffixes,
        places.map((place) => plan.suffixes[place]),
      );
      assert.equal(part.prefix, plan.prefix);
      assert.equal(part.carried, plan.carried);
      assert.deepEqual(part.suffixOf, [...places.keys()]);
      assert.equal(
        part.tokens,
        part.suffixes.reduce((sum, { length }) => sum + length, 100),
      );
    }
  }
});

test('shares cost about the same, and there are as many as are asked for', () => {
  assert.deepEqual(tokensOf(planOf(0, [300, 200, 500, 400, 100, 600, 700]), 2), [1400, 1400]);
  assert.equal(sharesOf(planOf(64, Array(200).fill(40)), 8).length, 8);
});

test('a plan stays whole where a share would compute less of its own than what it computes again, or too little', () => {
  assert.deepEqual(tokensOf(planOf(2000, [600, 600, 600]), 4), [3800]);
  assert.deepEqual(tokensOf(planOf(0, [100, 100]), 4), [200]);
  assert.deepEqual(tokensOf(planOf(0, [4000]), 4), [4000]);
  assert.deepEqual(tokensOf(planOf(0, [300, 300]), 0), [600]);
});

test('the token of the readout card goes with its suffix, and counts', () => {
  const plan = { ...planOf(10, [300, 400]), card: { id: 3, position: 2047, after: [false, true] } };
  const [longer, shorter] = sharesOf(plan, 2);
  assert.deepEqual(longer, {
    places: [1],
    plan: {
      ...planOf(10, [0]),
      suffixes: [plan.suffixes[1]],
      tokens: 411,
      card: { id: 3, position: 2047, after: [true] },
    },
  });
  assert.deepEqual(shorter.plan.card, { id: 3, position: 2047, after: [false] });
});
