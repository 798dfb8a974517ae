import assert from 'node:assert/strict';
import { test } from 'node:test';
import { pairIds } from '../../src/encode/pair.js';

const words = (id: number, count: number): number[] => Array(count).fill(id);

// Kept words of the two texts by tokenizers 0.23.3: `enable_truncation(length, strategy='longest_first')`, with three special tokens.
const CASES: [length: number, first: number, second: number, kept: [number, number]][] = [
  [6, 20, 3, [2, 1]],
  [6, 3, 20, [1, 2]],
  [6, 20, 20, [1, 2]],
  [7, 1, 20, [1, 3]],
  [8, 5, 6, [2, 3]],
  [8, 6, 5, [3, 2]],
  [11, 20, 3, [5, 3]],
  [11, 4, 4, [4, 4]],
  [12, 20, 20, [4, 5]],
  [12, 4, 4, [4, 4]],
  [14, 6, 5, [6, 5]],
  [14, 20, 1, [10, 1]],
  [16, 30, 17, [7, 6]],
  [16, 17, 30, [6, 7]],
];

for (const [length, first, second, [one, other]] of CASES) {
  test(`${length} tokens keep ${one} and ${other} words of texts of ${first} and ${second} words`, () => {
    const { ids, cut } = pairIds(
      [1],
      { words: words(8, first), tokens: [2] },
      { words: words(9, second), tokens: [2] },
      length,
    );
    assert.deepEqual([...ids], [1, ...words(8, one), 2, ...words(9, other), 2]);
    assert.equal(cut, first + second - one - other);
  });
}

test('a maximum length without room for the special tokens of a pair is refused', () => {
  const text = { words: [8, 8], tokens: [2] };
  assert.deepEqual([...pairIds([1], text, text, 3).ids], [1, 2, 2]);
  assert.throws(() => pairIds([1], text, text, 2), /E_USAGE: a maximum length of 2 tokens has no room for the 3/);
});
