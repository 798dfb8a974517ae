import assert from 'node:assert/strict';
import { test } from 'node:test';
import { evaluationJson } from '../../src/report/json.js';
import { extreme, ordinary, unlabelled } from './evaluations.js';

test('reading the JSON gives the evaluation again, bit for bit', () => {
  const awkward = ordinary();
  awkward.statistics.pairwise_accuracy.value = 0.1 + 0.2;
  for (const evaluation of [awkward, unlabelled(), extreme()]) {
    assert.deepEqual(JSON.parse(evaluationJson(evaluation)), evaluation);
  }
});

test('the JSON is indented and ends in one newline', () => {
  assert.match(evaluationJson(ordinary()), /^\{\n {2}"rows": 61,\n.*\}\n$/s);
});

test('a list of numbers is on one line, and texts that look like one are unchanged', () => {
  const evaluation = ordinary();
  evaluation.length_reward.points = [[12, -0.5, 1e-7]];
  evaluation.slices = [{ by: '[\n  1,\n  2\n]', slices: [], left_out: 0 }];
  const text = evaluationJson(evaluation);
  assert.match(text, /\n {6}\[12, -0\.5, 1e-7\]\n/);
  assert.deepEqual(JSON.parse(text), evaluation);
});
