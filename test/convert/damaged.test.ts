import assert from 'node:assert/strict';
import { test } from 'node:test';
import { outcomesOf } from '../damaged.js';

test('every damaged config.json, reward.json and weight header is refused with its file, and crashes no process', async () => {
  const outcomes = await outcomesOf('./damaged-checkpoints.js', import.meta.url);
  assert.ok(outcomes.length > 500, String(outcomes.length));
  for (const { damage, code, exitCode, message } of outcomes) {
    assert.equal(code, 'E_CHECKPOINT', `${damage}: ${message}`);
    assert.equal(exitCode, 1);
    assert.match(message, /^E_CHECKPOINT: \S*\/checkpoint\b/, damage);
  }
});
