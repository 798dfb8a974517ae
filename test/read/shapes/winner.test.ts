import assert from 'node:assert/strict';
import { test } from 'node:test';
import { winnerRanks } from '../../../src/read/shapes/winner.js';

const TWO = [
  { field: 'first answer', model: 'm' },
  { field: 'second answer', model: 'n' },
];

test('a winner in any spelling', () => {
  for (const [expected, ...labels] of [
    [
      [1, 2],
      'A',
      'a',
      'model_a',
      'Model A',
      'response_a',
      '[[A]]',
      'assistant-a',
      'First_Answer',
      'm',
      'A>B',
      'a >> b',
    ],
    [[2, 1], 'B', ' b ', 'model_b', 'Output B', '[[B]]', 'second answer', 'n', 'B > A', 'A<B', '[[B>>A]]'],
    [[1, 1], 'tie', 'Tie', 'TIE (bothbad)', 'both_bad', 'draw', 'equal', 'neither', 'A=B', '[[A=B]]'],
  ] as const) {
    for (const label of labels) assert.deepEqual(winnerRanks(label, TWO), expected, label);
  }
});

test('one of several answers', () => {
  const three = [{}, {}, { model: 'a' }];
  assert.deepEqual(winnerRanks('C', three), [2, 2, 1]);
  assert.deepEqual(winnerRanks('tie', three), [1, 1, 1]);
  assert.deepEqual(winnerRanks('a', three), [1, 2, 2], 'a letter goes before a model');
});

test('labels that name no answer, or several', () => {
  for (const label of ['', 'C', '1', 'the best', 'A>A', 'M']) assert.equal(winnerRanks(label, TWO), undefined, label);
  assert.equal(winnerRanks('m', [{ model: 'm' }, { model: 'm' }]), undefined);
  assert.equal(winnerRanks('A>B', [{}, {}, {}]), undefined);
});
