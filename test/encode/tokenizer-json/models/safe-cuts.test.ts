import assert from 'node:assert/strict';
import { test } from 'node:test';
import { SafeCuts } from '../../../../src/encode/tokenizer-json/models/safe-cuts.js';

function cutsOf(...spellings: string[]): SafeCuts {
  const cuts = new SafeCuts();
  for (const spelling of spellings) cuts.keep(spelling);
  return cuts;
}

test('a word is cut between characters that are adjacent in no spelling', () => {
  const cuts = cutsOf('▁▁▁', '▁the', 'ent');
  assert.deepEqual(cuts.apart('▁the▁▁▁▁then,th'), ['▁the', '▁▁▁▁then', ',', 'th']);
});

test('the parts join to the word, also with characters in no spelling', () => {
  assert.deepEqual(cutsOf().apart('añ👍👍'), ['a', 'ñ', '👍', '👍']);
  assert.deepEqual(cutsOf('ab').apart(''), ['']);
});
