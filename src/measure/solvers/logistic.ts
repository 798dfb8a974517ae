import type { Resampling } from '../bootstrap/resampling.js';
import { solveInPlace } from './solve.js';

/** Takes an outcome that occurred, with modelled probability sigmoid(coefficients . x), and its resampling unit. It does not keep `x`. */
export type Observe = (x: readonly number[], weight: number, unit: number) => void;

export interface LogisticFit {
  coefficients: Float64Array;
  /** The coefficients in each resample. */
  replicates: Float64Array[];
}

const MOST_STEPS = 50;
const PRECISION = 1e-12;

/**
 * Maximum-likelihood coefficients of a logistic regression, by Newton's method. The coefficients of a resample are one Newton step away
 * from those of the sample. The step uses the gradients and the information of the units drawn, so the observations are not visited again
 * ("One-step bootstrapping for smooth iterative procedures", J. R. Statist. Soc. B 53, 1991).
 *
 * @param dimensions length of each x
 * @param observeAll calls its argument with every observation; the same ones each time
 * @returns `undefined` if the likelihood has no finite maximum, for example if a predictor separates the outcomes
 */
export function logisticFit(
  resampling: Resampling,
  dimensions: number,
  observeAll: (observe: Observe) => void,
): LogisticFit | undefined {
  const coefficients = new Float64Array(dimensions);
  for (let taken = 0; taken < MOST_STEPS; taken++) {
    const slopes = new Slopes(dimensions, 1);
    observeAll((x, weight) => slopes.add(coefficients, x, weight, 0));
    const step = slopes.newtonStep(Float64Array.of(1));
    if (step === undefined || !step.every(Number.isFinite)) return undefined;
    step.forEach((change, i) => {
      coefficients[i] += change;
    });
    if (step.every((change, i) => Math.abs(change) <= PRECISION * Math.abs(coefficients[i]))) {
      return { coefficients, replicates: replicates(resampling, coefficients, observeAll) };
    }
  }
  return undefined;
}

function replicates(
  resampling: Resampling,
  coefficients: Float64Array,
  observeAll: (observe: Observe) => void,
): Float64Array[] {
  const slopes = new Slopes(coefficients.length, resampling.units);
  observeAll((x, weight, unit) => slopes.add(coefficients, x, weight, unit));
  return Array.from({ length: resampling.options.resamples }, (_, r) => {
    const step = slopes.newtonStep(Float64Array.from(resampling.weights(r)));
    return coefficients.map((value, i) => (step === undefined ? Number.NaN : value + step[i]));
  });
}

/** Gradient of the log-likelihood and information (its negative second derivative) of each unit. */
class Slopes {
  readonly #dimensions: number;
  readonly #gradients: Float64Array;
  readonly #information: Float64Array;

  constructor(dimensions: number, units: number) {
    this.#dimensions = dimensions;
    this.#gradients = new Float64Array(units * dimensions);
    this.#information = new Float64Array(units * dimensions * dimensions);
  }

  add(coefficients: Float64Array, x: readonly number[], weight: number, unit: number): void {
    const d = this.#dimensions;
    let logOdds = 0;
    for (let i = 0; i < d; i++) logOdds += coefficients[i] * x[i];
    const surprise = 1 / (1 + Math.exp(logOdds));
    const spread = weight * surprise * (1 - surprise);
    for (let i = 0; i < d; i++) {
      this.#gradients[unit * d + i] += weight * surprise * x[i];
      for (let j = 0; j < d; j++) this.#information[(unit * d + i) * d + j] += spread * x[i] * x[j];
    }
  }

  /** @param weights of the units @returns `undefined` if the information is not positive definite */
  newtonStep(weights: Float64Array): Float64Array | undefined {
    const step = weightedSum(this.#gradients, weights, this.#dimensions);
    const information = weightedSum(this.#information, weights, this.#dimensions ** 2);
    return solveInPlace(information, step) ? step : undefined;
  }
}

/** @param values `size` numbers for each of the weights */
function weightedSum(values: Float64Array, weights: Float64Array, size: number): Float64Array {
  const sum = new Float64Array(size);
  weights.forEach((weight, unit) => {
    for (let i = 0; i < size; i++) sum[i] += weight * values[unit * size + i];
  });
  return sum;
}
