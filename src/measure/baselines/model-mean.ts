import type { ComparedRows } from '../rows/compared-rows.js';
import { groupedBy } from '../rows/grouped-by.js';
import { beatenShares } from '../statistics/beaten-shares.js';

/** Means are rounded to 1 / PRECISION. Equal means then tie, although their sums were added in different orders. */
const PRECISION = 1e12;

/**
 * Scores an answer by its model alone: the mean share of the other answers of a row that the model beats by label (ties half), from 0 to 1.
 * The mean is over the model's answers to prompts with another `prompt_id`. An answer without a model, or whose model has no answer to
 * another prompt, gets the mean of all answers to other prompts.
 *
 * @returns a score for each labelled answer; `undefined` if no answer names its model
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

  /** The mean share of a model among the answers that are not in `part`. @param model negative if unknown */
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
