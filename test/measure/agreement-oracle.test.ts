import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import type { Estimate, Evaluation, MarginBin } from '../../src/contracts/agreement.js';
import type { Ranking } from '../../src/contracts/ranking.js';
import { Evaluator } from '../../src/measure/evaluation.js';
import { ROOT } from '../root.js';
import { assertClose, assertEstimate } from './close.js';
import { oracleRankings } from './oracle.js';

interface Bin {
  confidence: number | null;
  accuracy: number | null;
  n: number;
}

interface Rated {
  labels: Estimate;
  scores: Estimate;
  lengths: Estimate;
  rank: Estimate;
  moved: Estimate;
}

interface Orders {
  reward: Estimate;
  length: Estimate;
  difference: Estimate;
}

/** The output of test/oracles/agreement.py, for all rankings or for those with label scores. */
interface Expected {
  temperature: Estimate;
  expected_error: Estimate;
  expected_error_unscaled: Estimate;
  bins: Bin[];
  length_controlled_accuracy: Estimate;
  length_effect: Estimate;
  equal_length_accuracy: Estimate;
  by_score_margin: MarginBin[];
  by_label_margin: MarginBin[];
  coverage: Evaluation['coverage'];
  leaderboard: { models: Record<string, Rated>; spearman: Orders; kendall_tau_b: Orders };
  misordered: {
    of: number;
    with_interval: number;
    pairs: Record<string, { labels_prefer_first: number; reward_prefers_first: number; share: number; n: number }>;
  };
  positions: { k: number; rows: number; stored_best_first: Estimate; label: Estimate[]; reward: Estimate[] };
  confusion: { k: number; counts: number[][] };
  length_reward: Estimate;
}

const oracle: Record<'all' | 'scored', Expected> = JSON.parse(
  readFileSync(join(ROOT, 'test/oracles/agreement.json'), 'utf8'),
);

/** Whether there are labels, and each labelled answer has a label score. */
function isScored({ labels, label_scores }: Ranking): boolean {
  return label_scores !== undefined && labels?.every((label, i) => label === null || label_scores[i] !== null) === true;
}

const sets = {
  all: { expected: oracle.all, unit: 'rank', rankings: oracleRankings },
  scored: { expected: oracle.scored, unit: 'label_score', rankings: oracleRankings.filter(isScored) },
};

for (const [name, { expected, unit, rankings }] of Object.entries(sets)) {
  const evaluator = new Evaluator();
  for (const ranking of rankings) evaluator.add(ranking);
  const found = evaluator.result();

  test(`${name}: temperature and calibration error match statsmodels and plain loops`, () => {
    const { temperature, expected_error, expected_error_unscaled, bins } = found.calibration;
    assertEstimate(temperature, expected.temperature, 'T');
    assertEstimate(expected_error, expected.expected_error, 'error');
    assertEstimate(expected_error_unscaled, expected.expected_error_unscaled, 'error with T = 1');
    assert.deepEqual([bins.length, expected.bins.length], [10, 10]);
    expected.bins.forEach(({ confidence, accuracy, n }, i) => {
      assertClose(bins[i].confidence, confidence, `confidence ${i}`);
      assertClose(bins[i].accuracy.value, accuracy, `accuracy ${i}`);
      assert.equal(bins[i].accuracy.n, n);
    });
  });

  test(`${name}: length control matches the regression of statsmodels`, () => {
    const { within, ...estimates } = found.length_control;
    assert.equal(within, 0.1);
    for (const [key, estimate] of Object.entries(estimates)) {
      assertEstimate(estimate, expected[key as keyof typeof estimates], key);
    }
    assertEstimate(found.length_reward.spearman, expected.length_reward, 'length against reward');
  });

  test(`${name}: accuracy by margin and by coverage matches plain loops`, () => {
    assert.equal(found.accuracy_by_label_margin.unit, unit);
    assertBins(found.accuracy_by_score_margin, expected.by_score_margin);
    assertBins(found.accuracy_by_label_margin.bins, expected.by_label_margin);
    assert.equal(found.coverage.length, expected.coverage.length);
    expected.coverage.forEach(({ coverage, margin, accuracy }, i) => {
      assertClose(found.coverage[i].coverage, coverage, `coverage ${i}`);
      assertClose(found.coverage[i].margin, margin, `margin ${i}`);
      assertEstimate(found.coverage[i].accuracy, accuracy, `point ${i}`);
    });
  });

  test(`${name}: ratings match choix, and correlations of orders match scipy`, () => {
    const { models, spearman, kendall_tau_b, connected } = found.leaderboard;
    assert.equal(connected, true);
    assert.deepEqual(new Set(models.map(({ model }) => model)), new Set(Object.keys(expected.leaderboard.models)));
    for (const { model, labels, reward, length, moved } of models) {
      const rated = expected.leaderboard.models[model];
      assertEstimate(reward.rank, rated.rank, `${model} rank`);
      assertEstimate(moved, rated.moved, `${model} moved`);
      for (const [standing, estimate] of [
        [labels, rated.labels],
        [reward, rated.scores],
        [length, rated.lengths],
      ] as const) {
        assertClose(standing.rating.value, estimate.value, `${model} rating`);
        // The fit to a resample ends at a lower precision.
        assertClose(standing.rating.low, estimate.low, `${model} low`, 1e-3);
        assertClose(standing.rating.high, estimate.high, `${model} high`, 1e-3);
        assert.equal(standing.rating.n, estimate.n);
      }
    }
    const byLabel = models.map(({ labels, model }) => labels.rating.value ?? assert.fail(model));
    assert.deepEqual(
      byLabel,
      byLabel.toSorted((a, b) => b - a),
    );
    for (const key of ['reward', 'length', 'difference'] as const) {
      assertEstimate(spearman[key], expected.leaderboard.spearman[key], `Spearman ${key}`);
      assertEstimate(kendall_tau_b[key], expected.leaderboard.kendall_tau_b[key], `tau-b ${key}`);
    }
  });

  test(`${name}: the most misordered pairs of models match plain loops`, () => {
    const { pairs, of, with_interval } = found.misordered_models;
    assert.deepEqual([of, with_interval], [expected.misordered.of, expected.misordered.with_interval]);
    const ends = pairs.map(({ misordered }) => misordered.low ?? Number.NaN);
    assert.deepEqual(
      ends,
      ends.toSorted((a, b) => b - a),
    );
    assert.deepEqual(
      pairs.map(({ models }) => models.join(' ')),
      Object.keys(expected.misordered.pairs),
    );
    for (const { models, labels_prefer_first, reward_prefers_first, misordered } of pairs) {
      const pair = expected.misordered.pairs[models.join(' ')];
      assertClose(labels_prefer_first, pair.labels_prefer_first, 'labels');
      assertClose(reward_prefers_first, pair.reward_prefers_first, 'reward');
      assertClose(misordered.value, pair.share, 'misordered');
      assert.equal(misordered.n, pair.n);
    }
  });

  test(`${name}: position effects and the confusion of ranks match plain loops`, () => {
    const { k, rows, chance, stored_best_first, slots } = found.position_effects;
    assert.deepEqual({ k, rows }, { k: expected.positions.k, rows: expected.positions.rows });
    assertClose(chance, 1 / expected.positions.k, 'chance');
    assertEstimate(stored_best_first, expected.positions.stored_best_first, 'stored best first');
    assert.deepEqual([slots.length, expected.positions.label.length], [k, k]);
    slots.forEach(({ position, first_by_label, first_by_reward }, i) => {
      assert.equal(position, i);
      assertEstimate(first_by_label, expected.positions.label[i], `slot ${i} by label`);
      assertEstimate(first_by_reward, expected.positions.reward[i], `slot ${i} by reward`);
    });
    assert.equal(found.rank_confusion.k, expected.confusion.k);
    assert.deepEqual(found.rank_confusion.counts, expected.confusion.counts);
  });
}

function assertBins(actual: readonly MarginBin[], expected: readonly MarginBin[]): void {
  assert.equal(actual.length, expected.length);
  expected.forEach(({ low, high, mean, accuracy }, i) => {
    assertClose(actual[i].low, low, `low of bin ${i}`);
    assertClose(actual[i].high, high, `high of bin ${i}`);
    assertClose(actual[i].mean, mean, `mean of bin ${i}`);
    assertEstimate(actual[i].accuracy, accuracy, `bin ${i}`);
  });
}
