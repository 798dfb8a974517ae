import type { ResamplingOptions } from './bootstrap/resampling.js';

/** Settings of the bootstrap, and the fields by which the rows are sliced. */
export interface EvaluatorOptions extends ResamplingOptions {
  by: readonly string[];
}

export const DEFAULTS: EvaluatorOptions = { resamples: 1000, seed: 1, level: 0.95, by: [] };
