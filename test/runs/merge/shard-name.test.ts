import assert from 'node:assert/strict';
import { test } from 'node:test';
import { shardInName, shardName } from '../../../src/runs/merge/shard-name.js';

const SHARD = { index: 3, count: 64 };

test('the name of a shard has its number before the ending', () => {
  const names: [string, string][] = [
    ['out.jsonl', 'out-00003-of-00064.jsonl'],
    ['a.b/out', 'a.b/out-00003-of-00064'],
    ['a.b/out.tar.jsonl', 'a.b/out.tar-00003-of-00064.jsonl'],
    ['.hidden', '.hidden-00003-of-00064'],
    ['./x/.hidden.jsonl', './x/.hidden-00003-of-00064.jsonl'],
  ];
  for (const [file, expected] of names) {
    assert.equal(shardName(file, SHARD), expected);
    assert.deepEqual(shardInName(expected), SHARD);
    assert.deepEqual(shardInName(`${expected}.partial`), SHARD);
    assert.equal(shardInName(file), undefined);
  }
  assert.equal(shardName('o', { index: 0, count: 99_999 }), 'o-00000-of-99999');
});
