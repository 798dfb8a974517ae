import type { Estimate, Evaluation, ScoredBy } from '../../src/contracts/agreement.js';
import { Evaluator } from '../../src/measure/evaluation.js';

/** What scored some rankings. */
export const SCORED_BY: ScoredBy = {
  engine: 'local',
  model: 'starling-rm-mini',
  model_sha256: 'd43ed815a21d9b4b'.repeat(4),
  dtype: 'int8',
  readout: 'last-token',
  device: 'cpu',
  runtime: 'onnxruntime 1.30.0',
  processor: ['avx2', 'x64'],
  template: 'chatml',
  system: null,
  trim: true,
  add_bos: false,
  max_length: 2048,
  allow_special: false,
  unicode: '15.1',
  tool: 'starling-rm 0.1.0',
  date: '2026-12-01T09:30:00.000Z',
};

/** The evaluation of no rows: every section is there, and empty. */
const nothing = new Evaluator().result();

const estimate = (value: number, low: number, high: number, n: number): Estimate => ({ value, low, high, n });

/** An ordinary evaluation of 60 rows of seven. */
export function ordinary(): Evaluation {
  return {
    ...nothing,
    rows: 61,
    rows_compared: 60,
    clusters: 60,
    comparisons: 1257,
    answers: 427,
    truncated_answers: 0,
    equal_label_scores: 0,
    k: { min: 7, max: 7 },
    bootstrap: { ...nothing.bootstrap, units: 60 },
    statistics: {
      pairwise_accuracy: estimate(0.7132, 0.6804, 0.7449, 1257),
      adjacent_accuracy: estimate(0.601, 0.55, 0.64, 360),
      kendall_tau_b: estimate(0.412, 0.361, 0.46, 60),
      spearman: estimate(0.5, 0.43, 0.57, 60),
      top1: estimate(0.45, 0.32, 0.58, 60),
      plackett_luce_nll: estimate(6.412, 6.12, 6.703, 60),
    },
    baselines: {
      model_mean: { pairwise_accuracy: estimate(0.64, 0.6, 0.68, 1257) },
      position: { pairwise_accuracy: estimate(0.512, 0.48, 0.54, 1257) },
      random: {
        pairwise_accuracy: estimate(0.5, 0.5, 0.5, 1257),
        plackett_luce_nll: estimate(8.525, 8.525, 8.525, 60),
      },
      length: {
        pairwise_accuracy: estimate(0.6271, 0.59, 0.66, 1257),
        adjacent_accuracy: estimate(0.55, 0.5, 0.6, 360),
        kendall_tau_b: estimate(0.25, 0.2, 0.3, 60),
        spearman: estimate(0.3, 0.23, 0.37, 60),
        top1: estimate(0.3, 0.18, 0.42, 60),
        plackett_luce_nll: { value: null, low: null, high: null, n: 0, reason: 'lengths are no log-odds' },
      },
    },
    differences: {
      length: {
        pairwise_accuracy: estimate(0.0861, 0.04, 0.13, 1257),
        adjacent_accuracy: estimate(0.051, 0.01, 0.1, 360),
        kendall_tau_b: estimate(0.162, 0.1, 0.22, 60),
        spearman: estimate(0.2, 0.12, 0.28, 60),
        top1: estimate(0.15, -0.02, 0.31, 60),
        plackett_luce_nll: { value: null, low: null, high: null, n: 0, reason: 'lengths are no log-odds' },
      },
      model_mean: { pairwise_accuracy: estimate(0.0732, 0.02, 0.12, 1257) },
      position: { pairwise_accuracy: estimate(0.2012, 0.16, 0.24, 1257) },
      random: { pairwise_accuracy: estimate(0.2132, 0.18, 0.245, 1257) },
    },
    length_control: {
      within: 0.1,
      equal_length_accuracy: estimate(0.66, 0.6, 0.72, 140),
      length_controlled_accuracy: estimate(0.68, 0.64, 0.72, 1257),
      length_effect: estimate(0.5, 0.2, 0.8, 1257),
    },
    judge_ceiling: { low: 0.62, high: 0.72, of: 'adjacent_accuracy', source: 'Nectar' },
  };
}

/** The ordinary evaluation with other pairwise accuracies. */
export function withPairwise(reward: Partial<Estimate>, length: Partial<Estimate> = {}): Evaluation {
  const evaluation = ordinary();
  Object.assign(evaluation.statistics.pairwise_accuracy, reward);
  Object.assign(evaluation.baselines.length.pairwise_accuracy, length);
  return evaluation;
}

/** Rows without labels. */
export function unlabelled(): Evaluation {
  const { judge_ceiling: _, ...evaluation } = ordinary();
  const silent: Estimate = { value: null, low: null, high: null, n: 0, reason: 'no row has two answers' };
  const statistics = Object.fromEntries(Object.keys(evaluation.statistics).map((name) => [name, silent]));
  return {
    ...evaluation,
    rows_compared: 0,
    clusters: 0,
    comparisons: 0,
    statistics,
    baselines: { ...evaluation.baselines, length: statistics },
  };
}

/** Every number as wide as it can be. */
export function extreme(): Evaluation {
  const wide = Number.MAX_SAFE_INTEGER;
  const statistics = Object.fromEntries(
    Object.keys(ordinary().statistics).map((name) => [
      name,
      /tau|spearman/.test(name) ? estimate(-0.99999, -1, -0.99999, wide) : estimate(1, 1, 1, wide),
    ]),
  );
  return {
    ...ordinary(),
    rows: wide,
    rows_compared: wide,
    clusters: wide,
    comparisons: wide,
    answers: wide,
    truncated_answers: wide,
    equal_label_scores: wide,
    k: { min: 1, max: wide },
    bootstrap: { ...nothing.bootstrap, resamples: wide, seed: wide },
    statistics,
    differences: {
      ...ordinary().differences,
      length: Object.fromEntries(Object.keys(statistics).map((name) => [name, estimate(-1, -1, -1, wide)])),
    },
    baselines: {
      ...ordinary().baselines,
      length: Object.fromEntries(Object.entries(statistics).map(([name, one]) => [name, { ...one, n: 9_999_999 }])),
    },
  };
}
