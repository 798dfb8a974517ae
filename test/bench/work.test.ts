import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Trunk } from './trunk.js';
import { usefulWork } from './work.js';

const TRUNK: Trunk = {
  layers: 3,
  width: 8,
  heads: 4,
  kvHeads: 2,
  headDim: 16,
  feedForward: 10,
  vocabulary: 50,
  maxPositions: 64,
  ropeTheta: 10000,
  normEpsilon: 1e-5,
};

/** Counts one product at a time over the distinct prefixes of a row's texts, because a shared prefix is computed once. */
function counted(texts: readonly number[][], { layers, width, heads, kvHeads, headDim, feedForward }: Trunk) {
  const beginnings = new Map<string, number>();
  const ends = new Set<string>();
  for (const ids of texts) {
    for (let length = 1; length <= ids.length; length++) beginnings.set(ids.slice(0, length).join(), length);
    ends.add(ids.join());
  }
  const product = (inner: number, outer: number) => 2 * inner * outer;
  let flops = 0;
  for (const [key, length] of beginnings) {
    for (let layer = 0; layer < layers; layer++) {
      flops += 2 * product(width, kvHeads * headDim);
      if (layer === layers - 1 && !ends.has(key)) continue;
      flops += product(width, heads * headDim) + product(heads * headDim, width) + 3 * product(width, feedForward);
      flops += heads * 2 * product(headDim, length);
    }
  }
  return { tokens: beginnings.size, flops };
}

test('useful work counts every product that an answer needs once', () => {
  const rows = [
    [
      [1, 2, 3, 4],
      [1, 2, 5],
      [1, 2, 5],
      [1, 2, 6, 7, 8],
    ],
    [[9, 9, 9]],
    [
      [1, 2],
      [3, 4],
    ],
  ];
  const expected = rows.map((texts) => counted(texts, TRUNK));
  const work = usefulWork(rows, TRUNK);
  assert.equal(work.answers, 7);
  assert.equal(
    work.tokens,
    expected.reduce((sum, { tokens }) => sum + tokens, 0),
  );
  assert.equal(
    work.flops,
    expected.reduce((sum, { flops }) => sum + flops, 0),
  );
});

test('a text that is a prefix of another text is not counted twice', () => {
  const { tokens } = usefulWork(
    [
      [
        [1, 2, 3],
        [1, 2],
      ],
    ],
    TRUNK,
  );
  // The last token of the shorter text is in a run of its own, so it is not part of the common prefix.
  assert.equal(tokens, 4);
});
