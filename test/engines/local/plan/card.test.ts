import assert from 'node:assert/strict';
import { test } from 'node:test';
import { cardText } from '../../../../src/engines/local/plan/card.js';
import { planRow } from '../../../../src/engines/local/plan/plan.js';
import { Xoshiro128 } from '../../../../src/measure/bootstrap/xoshiro128.js';

/** The position that the class on the card reads, in the padded ids. */
function positionRead(ids: readonly number[], padId: number, fillId: number, maxLength: number): number {
  const row = [...ids, ...new Array(maxLength - ids.length).fill(fillId)];
  const pad = row.indexOf(padId);
  return ((pad < 0 ? maxLength : pad) - 1 + maxLength) % maxLength;
}

test('for any ids, the head reads the token that the class reads', () => {
  const random = new Xoshiro128([5, 6, 7, 8]);
  let after = 0;
  for (let round = 0; round < 3000; round++) {
    const maxLength = 2 + random.below(7);
    const ids = Array.from({ length: 1 + random.below(maxLength) }, () => random.below(4));
    const [padId, fillId] = [random.below(4), random.below(4)];
    const position = positionRead(ids, padId, fillId, maxLength);
    const text = cardText(Int32Array.from(ids), { padId, fillId, maxLength });
    const what = JSON.stringify({ ids, padId, fillId, maxLength });
    // If the token after the ids is read, it must be the last padding token of the row.
    if (position >= ids.length) assert.equal(position, maxLength - 1, what);
    assert.equal(text.after, position >= ids.length, what);
    assert.deepEqual([...text.ids], text.after ? ids : ids.slice(0, position + 1), what);
    if (text.after) after++;
  }
  assert.ok(after > 300 && after < 2700);
});

test('a plan has the suffixes followed by the token, its position, and counts it', () => {
  const lists = [
    [1, 2, 3, 4, 5],
    [1, 2, 3, 4, 5, 6, 7, 8],
    [1, 2, 3, 4, 5],
  ];
  const answers = lists.map((ids) => ({ ids: Int32Array.from(ids), cut: 0 }));
  const plan = planRow(answers, { card: { padId: 1, fillId: 0, maxLength: 8 } });
  assert.deepEqual(plan.card, { id: 0, position: 7, after: [true, false] });
  assert.deepEqual([...plan.prefix], [1, 2, 3, 4]);
  assert.deepEqual(plan.suffixOf, [0, 1, 0]);
  assert.equal(plan.tokens, 4 + 1 + 4 + 1);
  assert.equal(planRow(answers).card, undefined);
});

test('equal ids with and without the token after them are distinct suffixes', () => {
  const answers = [
    [2, 3],
    [2, 3, 1, 5],
  ].map((ids) => ({ ids: Int32Array.from(ids), cut: 0 }));
  const plan = planRow(answers, { card: { padId: 1, fillId: 0, maxLength: 9 } });
  assert.deepEqual(plan.suffixOf, [0, 1]);
  assert.deepEqual(plan.card?.after, [true, false]);
});
