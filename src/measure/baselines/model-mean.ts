import type { ComparedRows } from '../rows/compared-rows.js';
import { groupedBy } from '../rows/grouped-by.js';
import { beatenShares } from '../statistics/beaten-shares.js';

/** Means are rounded to this, so that equal ones tie though their sums were added in another order. */
const PRECISION = 1e12;

/**
 * What is known of the answering model from other prompts, and nothing of the answer: the mean share of its rivals that it beats by label
 * (ties half), over all its answers to prompts with another `prompt_id`. An answer of no known model, or of one that is met in no
 * other prompt, gets the mean of all answers to other prompts. `undefined` if no answer names its model.
 */
export function modelMeanScores(rows: ComparedRows): Float64Array | undefined {
  if (rows.models.count === 0) return undefined;
  const { starts, ends, modelOf } = rows;
  const shares = sharesOf(rows);
  const everywhere = new Shares();
  shares.forEach((share, answer) => {
    everywhere.add(modelOf[answer], share);
  });
  const scores = new Float64Array(shares.length);
  for (const ofPrompt of groupedBy(rows.clusterOf, rows.clusters)) {
    const here = new Shares();
    for (const row of ofPrompt) {
      for (let answer = starts[row]; answer < ends[row]; answer++) here.add(modelOf[answer], shares[answer]);
    }
    for (const row of ofPrompt) {
      for (let answer = starts[row]; answer < ends[row]; answer++)
        scores[answer] = everywhere.meanWithout(here, modelOf[answer]);
    }
  }
  return scores;
}

function sharesOf(rows: ComparedRows): Float64Array {
  const shares = new Float64Array(rows.scores.length);
  for (const { start, labels } of rows) shares.set(beatenShares(labels), start);
  return shares;
}

interface Total {
  sum: number;
  count: number;
}

/** Shares summed by model, and over all answers. */
class Shares {
  readonly #byModel = new Map<number, Total>();
  readonly #all: Total = { sum: 0, count: 0 };

  add(model: number, share: number): void {
    const ofModel = this.#byModel.get(model) ?? { sum: 0, count: 0 };
    this.#byModel.set(model, ofModel);
    for (const total of [ofModel, this.#all]) {
      total.sum += share;
      total.count += 1;
    }
  }

  /** The mean share of a model, negative if it has no name, in what is here and not in `part`. */
  meanWithout(part: Shares, model: number): number {
    const ofModel = model < 0 ? undefined : rest(this.#byModel.get(model), part.#byModel.get(model));
    const mean = ofModel ?? rest(this.#all, part.#all) ?? 0;
    return Math.round(mean * PRECISION) / PRECISION;
  }
}

function rest(whole: Total | undefined, part: Total | undefined): number | undefined {
  if (whole === undefined || part === undefined || whole.count === part.count) return undefined;
  return (whole.sum - part.sum) / (whole.count - part.count);
}
