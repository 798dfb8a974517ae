import type { Evaluation } from '../types.js';
import type { LabelledAnswers } from './labelled-answers.js';

/** Scores that know nothing of quality: an agreement that these reach as well is explained away. */
export interface Baseline {
  readonly name: keyof Evaluation['baselines'];
  /** One score for each labelled answer, higher = better. */
  scores(answers: LabelledAnswers): readonly number[];
}

/** The longer answer is better. */
const length: Baseline = { name: 'length', scores: ({ lengths }) => lengths };

export const BASELINES: readonly Baseline[] = [length];
