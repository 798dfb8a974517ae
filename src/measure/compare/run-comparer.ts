import type { Comparison } from '../../contracts/agreement.js';
import type { Ranking } from '../../contracts/ranking.js';
import { Sample } from '../bootstrap/measured-rows.js';
import { bootstrapSummary } from '../bootstrap/resampling.js';
import { DEFAULTS, type EvaluatorOptions } from '../evaluator-options.js';
import { labelledAnswers } from '../rows/labelled-answers.js';
import { FieldSlices } from '../slices/field-slices.js';
import { lengthSlices } from '../slices/length-slices.js';
import { comparisonsWon } from '../statistics/pairwise-accuracy.js';
import { STATISTICS } from '../statistics/statistics.js';
import { Changes, type TwoSamples } from './changes.js';
import { comparedSlices } from './compared-slices.js';
import { FlipSample } from './flip-sample.js';
import { flips } from './flips.js';
import { mostFlipped } from './most-flipped.js';
import { PairedRuns } from './paired-runs.js';
import { type Pair, Pairing } from './pairing.js';
import { PERMUTATIONS } from './permutation.js';

/**
 * Takes the rankings of one run, then those of another run over the same rows, and measures the changes. It keeps numbers, but no texts
 * except fields to slice by. Rows are paired by `prompt_id` and `id`, or `index` if there is no id. Pairs with different answers or labels
 * are counted and left out. No bit of the result depends on the order of the rows.
 */
export class RunComparer {
  readonly #options: EvaluatorOptions;
  readonly #pairing = new Pairing((ranking) => this.#measured(ranking));
  readonly #runs = new PairedRuns();
  readonly #fields: ReadonlyMap<string, FieldSlices>;
  /** Keys of the paired rows. */
  #keys: string[] = [];

  /** @param options `by`: `length`, `model` (a slice has the rows with an answer of the model), or a field of a ranking */
  constructor(options: Partial<EvaluatorOptions> = {}) {
    this.#options = { ...DEFAULTS, ...options };
    const fields = this.#options.by.filter((field) => field !== 'length');
    this.#fields = new Map(fields.map((by) => [by, new FieldSlices(by, by === 'model' ? 'models' : by)]));
  }

  /** Adds a row of the first run. All of these must come before those of the second. @throws RowError E_FIELD, as `Evaluator.add` does */
  addA(ranking: Ranking): void {
    labelledAnswers(ranking);
    this.#pairing.addA(ranking);
  }

  /** Adds a row of the second run. @throws RowError E_FIELD, as `Evaluator.add` does */
  addB(ranking: Ranking): void {
    labelledAnswers(ranking);
    const pair = this.#pairing.addB(ranking);
    if (pair !== undefined) this.#add(pair);
  }

  /** @param rowsWithErrors the rows of each run that have no ranking and so were not added */
  result(rowsWithErrors: Comparison['rows_with_errors'] = { a: 0, b: 0 }): Comparison {
    const { resamples, seed, level, by } = this.#options;
    const options = { resamples, seed, level };
    this.#settle();
    const samples: TwoSamples = { a: new Sample(this.#runs.a, options), b: new Sample(this.#runs.b, options) };
    const changes = new Changes(samples, STATISTICS);
    const gained = new Float64Array(this.#runs.rows);
    let comparisons = 0;
    for (const { row, a, b } of this.#runs.compared()) {
      changes.add(a, b);
      const { sum, count } = comparisonsWon(a);
      comparisons += count;
      gained[row] = comparisonsWon(b).sum - sum;
    }
    const flipSample = new FlipSample(this.#runs, options);
    const slices = by.map((field) => this.#fields.get(field) ?? lengthSlices(this.#runs.meanLengths));
    return {
      rows: this.#runs.rows,
      rows_compared: this.#runs.a.count,
      clusters: this.#runs.clusters,
      comparisons,
      rows_with_errors: rowsWithErrors,
      ...this.#pairing.unpaired(),
      bootstrap: bootstrapSummary(samples.a.resampling),
      permutations: PERMUTATIONS,
      statistics: changes.statistics(),
      flipped_pairs: flipSample.flippedPairs(),
      changed_best: flipSample.changedBest(),
      most_flipped: mostFlipped(this.#keys, this.#runs, gained),
      slices: slices.map((one) => comparedSlices(this.#runs, samples, flipSample, one)),
    };
  }

  /** The fields of a ranking that are measured: no text, unless it is a field to slice by. */
  #measured(ranking: Ranking): Ranking {
    const { index, id, prompt_id, scores, ranks, order, labels, label_scores, models, lengths } = ranking;
    const { source, turns, good_natured } = ranking;
    const measured = { index, id, prompt_id, scores, ranks, order, labels, label_scores, models, lengths };
    const fields = Object.entries(ranking).filter(([name]) => this.#fields.has(name));
    return { ...Object.fromEntries(fields), ...measured, source, turns, good_natured };
  }

  #add({ key, a, b }: Pair): void {
    this.#keys.push(key);
    this.#runs.add(b, flips(a.scores, b.scores));
    for (const slices of this.#fields.values()) slices.add(b);
    const ofA = labelledAnswers({ ...b, scores: a.scores, label_scores: a.label_scores });
    const ofB = labelledAnswers(b);
    if (ofA !== undefined && ofB !== undefined) this.#runs.addLabelled(ofA, ofB, b);
  }

  /** Completes and sorts the pairs when all rows have been added. */
  #settle(): void {
    for (const pair of this.#pairing.latePairs()) this.#add(pair);
    const kept = Int32Array.from(this.#keys.keys()).filter((row) => !this.#pairing.isAmbiguous(this.#keys[row]));
    if (kept.length < this.#keys.length) {
      this.#runs.keep(kept);
      for (const slices of this.#fields.values()) slices.keep(kept);
      this.#keys = Array.from(kept, (row) => this.#keys[row]);
    }
    this.#runs.sort();
  }
}
