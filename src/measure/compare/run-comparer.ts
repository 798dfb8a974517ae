import type { Comparison, FlippedRow } from '../../agreement.js';
import type { Ranking } from '../../types.js';
import { Worst } from '../audit/worst.js';
import { DEFAULTS, type EvaluatorOptions } from '../evaluator-options.js';
import { type LabelledAnswer, labelledAnswers } from '../rows/labelled-answers.js';
import { Sample } from '../sample.js';
import { toldBootstrap } from '../sampling/resampling.js';
import { FieldSlices } from '../slices/field-slices.js';
import { lengthSlices } from '../slices/length-slices.js';
import { comparisonsWon } from '../statistics/pairwise-accuracy.js';
import { STATISTICS } from '../statistics/statistics.js';
import { Changes, type TwoSamples } from './changes.js';
import { comparedSlices } from './compared-slices.js';
import { FlipSample } from './flip-sample.js';
import { flips } from './flips.js';
import { PairedRuns } from './paired-runs.js';
import { Pairing } from './pairing.js';
import { PERMUTATIONS } from './permutation.js';

const SHOWN = 20;

/**
 * Takes the rankings of one run, then those of another over the same rows, and tells what changed. Of a row it keeps numbers, never a text.
 * Rows are paired by `prompt_id` and `id`, or `index` where there is no id; pairs whose answers or labels are not the same are
 * counted and left out.
 */
export class RunComparer {
  readonly #options: EvaluatorOptions;
  readonly #pairing = new Pairing();
  readonly #runs = new PairedRuns();
  readonly #fields: ReadonlyMap<string, FieldSlices>;
  readonly #mostFlipped = new Worst<FlippedRow>(SHOWN);

  /** `by`: `length`, or a field of a ranking; rows with an answer of a model are a slice by `model`. */
  constructor(options: Partial<EvaluatorOptions> = {}) {
    this.#options = { ...DEFAULTS, ...options };
    const fields = this.#options.by.filter((field) => field !== 'length');
    this.#fields = new Map(fields.map((by) => [by, new FieldSlices(by, by === 'model' ? 'models' : by)]));
  }

  /** A row of the first run; all of these come before those of the second. Throws a `RowError` (E_FIELD) as `Evaluator.add` does. */
  addA(ranking: Ranking): void {
    labelledAnswers(ranking);
    this.#pairing.addA(ranking);
  }

  /** A row of the second run. */
  addB(ranking: Ranking): void {
    const labelled = labelledAnswers(ranking);
    const partner = this.#pairing.partnerOf(ranking);
    if (partner === undefined) return;
    const flipped = flips(partner.scores, ranking.scores);
    this.#runs.add(ranking, flipped);
    for (const slices of this.#fields.values()) slices.add(ranking);
    const ofA = labelledAnswers({ ...ranking, scores: partner.scores, label_scores: partner.label_scores });
    const isCompared = ofA !== undefined && labelled !== undefined;
    if (isCompared) this.#runs.addLabelled(ofA, labelled, ranking);
    if (flipped.flipped === 0) return;
    this.#mostFlipped.add(flipped.flipped, () => ({
      name: partner.name,
      prompt_id: partner.prompt_id,
      flipped: flipped.flipped,
      pairs: flipped.pairs,
      gained: isCompared ? won(labelled) - won(ofA) : 0,
    }));
  }

  result(): Comparison {
    const { resamples, seed, level, by } = this.#options;
    const options = { resamples, seed, level };
    const samples: TwoSamples = { a: new Sample(this.#runs.a, options), b: new Sample(this.#runs.b, options) };
    const changes = new Changes(samples, STATISTICS);
    let comparisons = 0;
    for (const { a, b } of this.#runs.compared()) {
      changes.add(a, b);
      comparisons += comparisonsWon(a).count;
    }
    const flipSample = new FlipSample(this.#runs, options);
    const slices = by.map((field) => this.#fields.get(field) ?? lengthSlices(this.#runs.meanLengths));
    return {
      rows: this.#runs.rows,
      rows_compared: this.#runs.a.count,
      clusters: this.#runs.clusters,
      comparisons,
      ...this.#pairing.unpaired(),
      bootstrap: toldBootstrap(samples.a.resampling),
      permutations: PERMUTATIONS,
      statistics: changes.told(),
      flipped_pairs: flipSample.flippedPairs(),
      changed_best: flipSample.changedBest(),
      most_flipped: this.#mostFlipped.items,
      slices: slices.map((one) => comparedSlices(this.#runs, samples, flipSample, one)),
    };
  }
}

function won(labelled: readonly LabelledAnswer[]): number {
  return comparisonsWon({
    scores: labelled.map(({ score }) => score),
    labels: labelled.map(({ label }) => label),
  }).sum;
}
