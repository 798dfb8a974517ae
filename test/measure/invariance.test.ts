import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Evaluation } from '../../src/contracts/agreement.js';
import type { Ranking } from '../../src/contracts/ranking.js';
import { Xoshiro128 } from '../../src/measure/bootstrap/xoshiro128.js';
import { Evaluator } from '../../src/measure/evaluation.js';
import { oracleRankings } from './oracle.js';
import { permuted, shuffledPlaces } from './rankings.js';

const BY = ['source', 'length', 'model'];

/** Some rows have a field with two values. */
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

/** The evaluation without the results about the positions of answers. */
function withoutPositions({ position_effects: _, baselines, differences, ...rest }: Evaluation): unknown {
  const { position: _b, ...otherBaselines } = baselines;
  const { position: _d, ...otherDifferences } = differences;
  return { ...rest, baselines: otherBaselines, differences: otherDifferences };
}

test('the order of the answers changes no bit of the evaluation except the results about positions', () => {
  const expected = evaluate(rankings);
  assert.ok(expected.equal_label_scores > 0);
  for (let seed = 0; seed < 10; seed++) {
    const random = Xoshiro128.seeded(seed);
    const shuffled = rankings.map((row) => permuted(row, shuffledPlaces(row.scores.length, random)));
    assert.notDeepEqual(shuffled, rankings);
    assert.deepEqual(withoutPositions(evaluate(shuffled)), withoutPositions(expected));
  }
});

test('the order of the rows changes no bit of the evaluation', () => {
  const expected = evaluate(rankings);
  for (let seed = 0; seed < 5; seed++) {
    const places = shuffledPlaces(rankings.length, Xoshiro128.seeded(seed));
    assert.deepEqual(evaluate(places.map((i) => rankings[i])), expected);
  }
});

test('the same rows give the same bits again, also if the result is computed twice', () => {
  const evaluator = new Evaluator({ resamples: 200, by: BY });
  for (const row of rankings) evaluator.add(row);
  assert.deepEqual(evaluator.result(), evaluator.result());
  assert.deepEqual(evaluator.result(), evaluate(rankings));
});
