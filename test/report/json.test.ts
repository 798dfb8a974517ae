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
