import type { ResamplingOptions } from './bootstrap/resampling.js';

/** Settings of the bootstrap, and the fields by which the rows are sliced. */
export interface EvaluatorOptions extends ResamplingOptions {
  by: readonly string[];
  /** A T that was fitted elsewhere, whose calibration of these rows is wanted. */
  temperature?: number;
}

export const DEFAULTS: EvaluatorOptions = { resamples: 1000, seed: 1, level: 0.95, by: [] };
