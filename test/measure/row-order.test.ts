import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Evaluation } from '../../src/contracts/agreement.js';
import type { Ranking } from '../../src/contracts/ranking.js';
import { Suspects } from '../../src/measure/audit/suspects.js';
import { Xoshiro128 } from '../../src/measure/bootstrap/xoshiro128.js';
import { RunComparer } from '../../src/measure/compare/run-comparer.js';
import { Evaluator } from '../../src/measure/evaluation.js';
import { permuted, rankingOf, shuffledPlaces } from './rankings.js';

const SEEDS = [1, 2, 3];
const BY = ['source', 'length', 'model', 'turns'];

/**
 * Rankings through which the order could leak: sums that are rounded, equal scores and labels, answers without label or model, rows without
 * labels, several rows of a prompt, rows with the same numbers, and slices of equal size.
 */
function simulated(rows: number, prompts: number, random: Xoshiro128): Ranking[] {
  const uniform = () => (random.next() >>> 0) / 2 ** 32;
  return Array.from({ length: rows }, (_, index) => {
    const k = 2 + random.below(6);
    const each = <Value>(make: (i: number) => Value) => Array.from({ length: k }, (_, i) => make(i));
    const isCoarse = random.below(3) === 0;
    const prompt = random.below(prompts);
    return rankingOf(
      each(() => (isCoarse ? random.below(3) : 4 * uniform() - 2)),
      random.below(10) === 0 ? undefined : each(() => (random.below(8) === 0 ? null : 1 + random.below(k))),
      {
        index,
        prompt_id: `prompt ${prompt}`,
        // Some ids are repeated, with the same answers or with others.
        ...(index % 4 > 0 && { id: `row ${prompt} ${index % 5}` }),
        label_scores: each(() => (random.below(5) === 0 ? null : uniform())),
        models: each(() => (random.below(6) === 0 ? null : ['', 'é', 'm1', 'm2', 'm10'][random.below(5)])),
        lengths: each(() => 40 * (1 + random.below(5))),
        source: [['a', 'b'], ['b'], ['ä'], ['z']][random.below(4)],
        ...(random.below(3) > 0 && { turns: 1 + random.below(3) }),
      },
    );
  }).flatMap((row) => (row.index % 6 === 0 ? [row, { ...row, index: rows + row.index }] : [row]));
}

function evaluated(rankings: readonly Ranking[], resamples = 100): Evaluation {
  const evaluator = new Evaluator({ resamples, by: BY });
  for (const ranking of rankings) evaluator.add(ranking);
  return evaluator.result();
}

/** The JSON output without the indexes of rows. */
function withoutIndex(value: unknown): string {
  return JSON.stringify(value, (key, inner) => (key === 'index' ? undefined : inner));
}

function shuffled(rankings: readonly Ranking[], seed: number): Ranking[] {
  return shuffledPlaces(rankings.length, Xoshiro128.seeded(seed)).map((place) => rankings[place]);
}

/** The rankings with each row's answers in another order. */
function withAnswersShuffled(rankings: readonly Ranking[], seed: number): Ranking[] {
  const random = Xoshiro128.seeded(seed);
  return rankings.map((row) => permuted(row, shuffledPlaces(row.scores.length, random)));
}

/** The evaluation without the results about positions. */
function withoutPositions({ position_effects: _, baselines, differences, ...rest }: Evaluation): unknown {
  const { position: _b, ...otherBaselines } = baselines;
  const { position: _d, ...otherDifferences } = differences;
  return { ...rest, baselines: otherBaselines, differences: otherDifferences };
}

for (const [rows, prompts] of [
  [150, 40],
  [2600, 4000],
] as const) {
  test(`no bit of an evaluation depends on the order of the rows or answers: ${rows} rows`, () => {
    const rankings = simulated(rows, prompts, Xoshiro128.seeded(7));
    // Few resamples, because the leaderboard's fits take the longest.
    const resamples = rows > 1000 ? 20 : 100;
    const expected = evaluated(rankings, resamples);
    for (const seed of SEEDS) {
      const others = shuffled(rankings, seed);
      const found = evaluated(others, resamples);
      assert.equal(withoutIndex(found), withoutIndex(expected));
      const turned = evaluated(withAnswersShuffled(others, seed), resamples);
      assert.equal(withoutIndex(withoutPositions(turned)), withoutIndex(withoutPositions(expected)));
    }
  });
}

test('more than 2,048 prompts go to the same random groups in any order of the rows', () => {
  const random = Xoshiro128.seeded(5);
  const rankings = Array.from({ length: 2500 }, (_, index) =>
    rankingOf([random.below(9) / 7, random.below(9) / 7], [1, 2], { index, prompt_id: `p${index}` }),
  );
  const expected = evaluated(rankings, 50);
  assert.deepEqual([expected.clusters, expected.bootstrap.units], [2500, 2048]);
  for (const seed of SEEDS) {
    assert.equal(withoutIndex(evaluated(shuffled(rankings, seed), 50)), withoutIndex(expected));
  }
});

test('two shards in either order give the same result as the whole, also if a result was computed between them', () => {
  const rankings = simulated(120, 50, Xoshiro128.seeded(11));
  const expected = withoutIndex(evaluated(rankings));
  const shards = [0, 1].map((shard) => rankings.filter((_, i) => i % 2 === shard));
  assert.equal(withoutIndex(evaluated(shards.flat())), expected);
  assert.equal(withoutIndex(evaluated(shards.reverse().flat())), expected);
  const evaluator = new Evaluator({ resamples: 100, by: BY });
  for (const row of shards[0]) evaluator.add(row);
  evaluator.result();
  for (const row of shards[1]) evaluator.add(row);
  assert.equal(withoutIndex(evaluator.result()), expected);
});

test('among equally bad rows, the listed worst rows and suspects do not depend on the order of the rows', () => {
  // Sixty rows that disagree equally, which is more than are listed. Two of them are the same row.
  const rankings = Array.from({ length: 60 }, (_, index) =>
    rankingOf([1, 0, 0], [2, 1, 3], { index, prompt_id: `p${index % 59}`, lengths: [5, 7, 7] }),
  );
  const listed = (rows: readonly Ranking[]) => {
    const suspects = new Suspects(10);
    for (const row of rows) suspects.add(row);
    const evaluator = new Evaluator({ resamples: 10 });
    for (const row of rows) evaluator.add(row);
    assert.deepEqual(
      evaluator.worstRankings.map(({ prompt_id }) => prompt_id),
      evaluator.result().worst_rows.map(({ prompt_id }) => prompt_id),
    );
    return withoutIndex([suspects.rows, suspects.counts, evaluator.worstRankings]);
  };
  const expected = listed(rankings);
  for (const seed of SEEDS) assert.equal(listed(shuffled(rankings, seed)), expected);
});

function compared(a: readonly Ranking[], b: readonly Ranking[]): string {
  const comparer = new RunComparer({ resamples: 100, by: BY });
  for (const ranking of a) comparer.addA(ranking);
  for (const ranking of b) comparer.addB(ranking);
  return withoutIndex(comparer.result());
}

test('no bit of a comparison depends on the order of the rows of either run', () => {
  const random = Xoshiro128.seeded(13);
  const a = simulated(200, 60, random);
  const b = a
    .filter((_, i) => i % 9 > 0)
    .map((row) => ({ ...row, scores: row.scores.map((score) => score + random.below(5) / 3) }));
  // Rows that only B has, repeated rows, and repeated rows with other rewards.
  b.push(...b.slice(0, 5).map((row) => ({ ...row, id: `only b ${row.index}` })));
  b.push(...b.slice(10, 15));
  b.push(...b.slice(20, 25).map((row) => ({ ...row, scores: row.scores.map((score) => 0 - score) })));
  const expected = compared(a, b);
  for (const seed of SEEDS) assert.equal(compared(shuffled(a, seed), shuffled(b, seed + 100)), expected);
});

test('if two rows of B could be the same row of A, neither is paired', () => {
  const row = (index: number, scores: number[]) => rankingOf(scores, [1, 2], { index, id: 'x' });
  const comparer = new RunComparer({ resamples: 10 });
  comparer.addA(row(0, [2, 1]));
  for (const scores of [
    [2, 1],
    [1, 2],
    [2, 1],
  ])
    comparer.addB(row(0, scores));
  const { rows, only_a, only_b, different, most_flipped, flipped_pairs, statistics } = comparer.result();
  assert.deepEqual([rows, only_a.rows, only_b.rows, different.rows], [0, 0, 2, 1]);
  assert.deepEqual(most_flipped, []);
  assert.equal(flipped_pairs.value, null);
  assert.equal(statistics.pairwise_accuracy.difference.value, null);
});

test('among equally flipped rows, the listed ones do not depend on the order of the rows', () => {
  const a = Array.from({ length: 60 }, (_, index) =>
    rankingOf([2, 1], [1, 2], { index, id: `r${index}`, prompt_id: `p${index % 7}` }),
  );
  const b = a.map((row) => ({ ...row, scores: [1, 2] }));
  const expected = compared(a, b);
  for (const seed of SEEDS) assert.equal(compared(shuffled(a, seed), shuffled(b, seed + 100)), expected);
});
