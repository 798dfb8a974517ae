import assert from 'node:assert/strict';
import { test } from 'node:test';
import { planRow } from '../../src/engines/local/plan/plan.js';
import { withoutPads } from '../../src/model/pads.js';

const PAD = 9;
const cut = (...ids: number[]) => [...withoutPads(Int32Array.from(ids), PAD)];

test('padding at the end is removed, other padding and the first id stay', () => {
  assert.deepEqual(cut(1, 2), [1, 2]);
  assert.deepEqual(cut(1, PAD, 2, PAD, PAD), [1, PAD, 2]);
  assert.deepEqual(cut(PAD, 1), [PAD, 1]);
  assert.deepEqual(cut(PAD, PAD, PAD), [PAD]);
  assert.deepEqual(cut(PAD), [PAD]);
});

test('a plan computes no padding at the end, and texts that differ only in it once', () => {
  const answers = [
    [1, 2, 3, PAD],
    [1, 2, 3],
    [1, 2, PAD],
  ].map((ids) => ({ ids: Int32Array.from(ids), cut: 0 }));
  const { suffixOf, tokens } = planRow(answers, { padId: PAD });
  assert.deepEqual(suffixOf, [0, 0, 1]);
  assert.equal(tokens, planRow(answers.slice(1), { padId: PAD }).tokens);
});
