import assert from 'node:assert/strict';
import { test } from 'node:test';
import { pathMatcher } from '../../src/names/path-pattern.js';

test('a pattern matches paths part by part, and ** matches folders of any depth', () => {
  for (const [pattern, path, isMatch] of [
    ['data/train-*', 'data/train-00000-of-00002.parquet', true],
    ['data/train-*', 'data/deep/train-1', false],
    ['*.jsonl', 'rows.jsonl', true],
    ['*.jsonl', 'a/rows.jsonl', false],
    ['**/*.jsonl', 'rows.jsonl', true],
    ['**/*.jsonl', 'a/b/rows.jsonl', true],
    ['a/**', 'a/b/c', true],
    ['a/**', 'a', false],
    ['a/**/c', 'a/c', true],
    ['a/**/c', 'a/b/b/c', true],
    ['a/**/c', 'a/b/b/d', false],
    ['a/?.tsv', 'a/b.tsv', true],
    ['a/[bc].tsv', 'a/d.tsv', false],
    ['a', 'a/b', false],
  ] as const) {
    assert.equal(pathMatcher(pattern)(path), isMatch, `${pattern} ${path}`);
  }
});
