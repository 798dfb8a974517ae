import type { BaselineName, Estimate, Evaluation } from '../../contracts/agreement.js';
import { countText, levelText } from '../numbers.js';
import { BASELINE_TITLES, intervalText, valueText } from '../titles.js';
import { fitted } from './columns.js';

const NAMES: readonly BaselineName[] = ['length', 'model_mean', 'position', 'random'];

/** The pairwise accuracy of each baseline beside the reward's lead over it, and the reward's accuracy with length controlled. */
export function baselineLines(evaluation: Evaluation): string[] {
  const { baselines, differences, length_control, bootstrap, rows_compared } = evaluation;
  if (rows_compared === 0) return [];
  const header = ['pairwise accuracy of', 'value', `${levelText(bootstrap.level)} interval`, 'reward - it', 'n'];
  const ofBaseline = (name: BaselineName) =>
    line(BASELINE_TITLES[name].title, baselines[name].pairwise_accuracy, differences[name].pairwise_accuracy);
  return fitted([
    header,
    ...NAMES.filter((name) => baselines[name].pairwise_accuracy?.value !== null).map(ofBaseline),
    line(`reward, lengths within ${levelText(length_control.within)}`, length_control.equal_length_accuracy),
    line('reward, length-controlled', length_control.length_controlled_accuracy),
  ]);
}

function line(title: string, estimate: Estimate | undefined, difference?: Estimate): string[] {
  if (estimate === undefined) return [title, '-', '-', '-', '-'];
  return [
    title,
    valueText(estimate.value, true),
    intervalText(estimate.low, estimate.high, true),
    difference === undefined ? '' : intervalText(difference.low, difference.high, true),
    countText(estimate.n),
  ];
}
