import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Evaluation } from '../../src/agreement.js';
import { Evaluator } from '../../src/measure/evaluation.js';
import { Xoshiro128 } from '../../src/measure/xoshiro128.js';
import type { Ranking } from '../../src/types.js';
import { oracleRankings } from './oracle.js';
import { permuted } from './rankings.js';

const BY = ['source', 'length', 'model'];

/** Some rows carry a field of two values. */
const rankings = oracleRankings.map((ranking, i) => ({
  ...ranking,
  label_scores: ranking.scores.map((score) => Math.round(score)),
  ...(i % 3 > 0 && { source: [`s${i % 3}`] }),
}));

function evaluate(rows: readonly Ranking[]): Evaluation {
  const evaluator = new Evaluator({ resamples: 200, by: BY });
  for (const row of rows) evaluator.add(row);
  return evaluator.result();
}

/** All but what is about the positions of answers. */
function withoutPositions({ position_effects: _, baselines, differences, ...rest }: Evaluation): unknown {
  const { position: _b, ...otherBaselines } = baselines;
  const { position: _d, ...otherDifferences } = differences;
  return { ...rest, baselines: otherBaselines, differences: otherDifferences };
}

/** 0 to n - 1 in random order (Fisher and Yates). */
function shuffledPlaces(n: number, random: Xoshiro128): number[] {
  const places = Array.from({ length: n }, (_, i) => i);
  for (let i = n - 1; i > 0; i--) {
    const j = random.below(i + 1);
    [places[i], places[j]] = [places[j], places[i]];
  }
  return places;
}

test('the order of the answers changes no bit of the evaluation, but for positions', () => {
  const expected = evaluate(rankings);
  assert.ok(expected.equal_label_scores > 0);
  for (let seed = 0; seed < 10; seed++) {
    const random = Xoshiro128.seeded(seed);
    const shuffled = rankings.map((row) => permuted(row, shuffledPlaces(row.scores.length, random)));
    assert.notDeepEqual(shuffled, rankings);
    assert.deepEqual(withoutPositions(evaluate(shuffled)), withoutPositions(expected));
  }
});

test('the order of the rows changes values by no more than the rounding of float addition', () => {
  const expected = evaluate(rankings);
  for (let seed = 0; seed < 5; seed++) {
    const places = shuffledPlaces(rankings.length, Xoshiro128.seeded(seed));
    const actual = evaluate(places.map((i) => rankings[i]));
    assert.equal(actual.comparisons, expected.comparisons);
    assert.deepEqual(actual.k, expected.k);
    assert.deepEqual(Object.keys(actual.statistics), Object.keys(expected.statistics));
    for (const [name, { value, n }] of Object.entries(expected.statistics)) {
      assert.equal(actual.statistics[name].n, n);
      const error = Math.abs((actual.statistics[name].value ?? Number.NaN) - (value ?? Number.NaN));
      assert.ok(error <= 1e-14 * Math.max(1, Math.abs(value ?? 0)), `${name}: ${error}`);
    }
  }
});

test('the same rows give the same bits again, also when the result is asked for twice', () => {
  const evaluator = new Evaluator({ resamples: 200, by: BY });
  for (const row of rankings) evaluator.add(row);
  assert.deepEqual(evaluator.result(), evaluator.result());
  assert.deepEqual(evaluator.result(), evaluate(rankings));
});
