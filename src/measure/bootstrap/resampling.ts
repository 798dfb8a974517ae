import type { Bootstrap } from '../../contracts/agreement.js';
import { Xoshiro128 } from './xoshiro128.js';

export interface ResamplingOptions {
  resamples: number;
  seed: number;
  /** Level of the intervals, e.g. 0.95. */
  level: number;
}

/**
 * More prompts than this are resampled in random groups, so that time and memory do not grow further. From 2,048 groups a standard error is
 * known to 1.6 % (1 / sqrt(2 * 2048)); from a thousand resamples it is known to 2.2 % anyway.
 */
const MOST_UNITS = 2048;

/**
 * The draws of the cluster bootstrap ("Bootstrapping clustered data", J. R. Statist. Soc. B 69, 2007). Each resample draws as many units
 * as there are, with replacement. A unit is a prompt with all its rows. If there are more than 2,048 prompts, each goes to one of 2,048
 * units at random ("random groups", Introduction to Variance Estimation, chapter 2). These units are independent if the prompts are.
 *
 * All columns use the same draws, so replicate r of one statistic is paired with replicate r of another. The draws depend only on `seed`
 * and the number of prompts: `below(units)` of Xoshiro128, first for the groups if there are any, then resample after resample. Prompts are
 * numbered in the order of their `prompt_id`, by code units.
 */
export class Resampling {
  readonly options: ResamplingOptions;
  readonly units: number;
  /** The resampling unit of each prompt. */
  readonly unitOf: Int32Array;
  /** How often each unit is drawn, resample after resample. With weights instead of a list of draws, sums read memory in order. */
  readonly #weights: Uint16Array;

  constructor(prompts: number, options: ResamplingOptions) {
    const random = Xoshiro128.seeded(options.seed);
    this.options = options;
    this.units = Math.min(prompts, MOST_UNITS);
    this.unitOf = Int32Array.from({ length: prompts }, (_, prompt) =>
      prompts > MOST_UNITS ? random.below(MOST_UNITS) : prompt,
    );
    this.#weights = drawnWeights(this.units, options.resamples, random);
  }

  /**
   * Weighted sums of `a` and of `b` in each resample. Two sums at once take hardly longer than one.
   *
   * @param of the resampling unit of each item of `a` and `b`
   * @returns a sum for each resample, of `a` and of `b`
   */
  sums(a: Float64Array, b: Float64Array, of: Int32Array): [Float64Array, Float64Array] {
    const { resamples } = this.options;
    const drawn: [Float64Array, Float64Array] = [new Float64Array(resamples), new Float64Array(resamples)];
    for (let r = 0; r < resamples; r++) {
      const weights = this.weights(r);
      let sumA = 0;
      let sumB = 0;
      for (let i = 0; i < of.length; i++) {
        const weight = weights[of[i]];
        sumA += weight * a[i];
        sumB += weight * b[i];
      }
      drawn[0][r] = sumA;
      drawn[1][r] = sumB;
    }
    return drawn;
  }

  /** How often each unit is drawn in resample `r`. */
  weights(r: number): Uint16Array {
    return this.#weights.subarray(r * this.units, (r + 1) * this.units);
  }
}

/** The settings of the intervals, for the output. */
export function bootstrapSummary({ units, options: { resamples, seed, level } }: Resampling): Bootstrap {
  return { resamples, seed, level, unit: 'prompt_id', units, interval: 'expanded percentile' };
}

function drawnWeights(units: number, resamples: number, random: Xoshiro128): Uint16Array {
  const weights = new Uint16Array(units * resamples);
  for (let r = 0; r < resamples; r++) {
    for (let i = 0; i < units; i++) weights[r * units + random.below(units)] += 1;
  }
  return weights;
}
