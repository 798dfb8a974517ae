import assert from 'node:assert/strict';
import { test } from 'node:test';
import { workersFor } from '../../../src/engines/local/workers.js';

const GB = 1e9;

test('one worker per core, at most eight, fewer if each has several threads', () => {
  const memory = 64 * GB;
  assert.equal(workersFor(0.1 * GB, { cores: 2, memory }), 2);
  assert.equal(workersFor(0.1 * GB, { cores: 96, memory }), 8);
  assert.equal(workersFor(0.1 * GB, { cores: 6, memory }, 4), 1);
  assert.equal(workersFor(0.1 * GB, { cores: 2, memory }, 3), 1);
});

test('one worker for a large model; for others as many as fit in half of the free memory, at least one', () => {
  assert.equal(workersFor(3.6 * GB, { cores: 8, memory: 64 * GB }), 1);
  assert.equal(workersFor(0.9 * GB, { cores: 8, memory: 4 * GB }), 2);
  assert.equal(workersFor(0.9 * GB, { cores: 8, memory: 1 * GB }), 1);
  assert.equal(workersFor(0, { cores: 8, memory: 1 }), 8, 'a missing model is reported later');
});
