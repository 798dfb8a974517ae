import assert from 'node:assert/strict';
import { test } from 'node:test';
import { shardInText, shardOf, shardText } from '../../../src/read/choose/shard.js';

test('blocks of 64 rows go to the shards in turn', () => {
  const shards = Array.from({ length: 64 * 8 }, (_, row) => shardOf(row, 3));
  const blocks = Array.from({ length: 8 }, (_, block) => [...new Set(shards.slice(64 * block, 64 * block + 64))]);
  assert.deepEqual(blocks, [[0], [1], [2], [0], [1], [2], [0], [1]]);
  assert.equal(shardOf(2 ** 40, 1), 0);
  assert.equal(shardOf(64 * 2 ** 40 + 63, 64), 0);
});

test('the text of a shard is read back, and nothing else is', () => {
  assert.equal(shardText({ index: 3, count: 64 }), '3/64');
  assert.deepEqual(shardInText('3/64'), { index: 3, count: 64 });
  for (const text of ['', '3', '3/', '/64', '-1/4', '1.5/4', '3/64 ', '0x1/4', '1/4/5', '9999999999/4'])
    assert.equal(shardInText(text), undefined, text);
});
