import type { LengthControl } from '../../contracts/agreement.js';
import type { Sample } from '../bootstrap/measured-rows.js';
import { equalLengthAccuracy, WITHIN } from './equal-length.js';
import { lengthControlled } from './length-controlled.js';

/** The reward's accuracy without the help of length, by equal lengths and by regression. */
export function lengthControl(sample: Sample): LengthControl {
  const { accuracy, effect } = lengthControlled(sample);
  return {
    within: WITHIN,
    equal_length_accuracy: sample.estimate(equalLengthAccuracy(sample)),
    length_controlled_accuracy: sample.estimate(accuracy),
    length_effect: sample.estimate(effect),
  };
}
