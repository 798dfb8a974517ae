import type { BaselineName, Estimate, Evaluation } from '../contracts/agreement.js';
import { counted, levelText, percentNumber } from './numbers.js';
import { isStoredInOrder } from './stored-in-order.js';
import { BASELINE_TITLES, intervalText } from './titles.js';

/** The main result in words: pairwise accuracy beside that of the longer answer, and the baselines for which the data do not show that the reward beats them. */
export function finding({ statistics, baselines, differences, bootstrap, position_effects }: Evaluation): string {
  const reward: Estimate | undefined = statistics.pairwise_accuracy;
  const longer: Estimate | undefined = baselines.length.pairwise_accuracy;
  if (!isDefined(reward) || !isDefined(longer))
    return 'No labels to compare with: no row has two answers with different labels. --label-field names the field of labels under another name.';
  const share = `${percentNumber(reward.value)} % of ${counted(reward.n, 'pair')}`;
  const sentence =
    `The reward orders ${share} as the labels do (${intervalWords(reward, bootstrap.level)}); ` +
    `picking the longer answer orders ${percentNumber(longer.value)} %.`;
  // Where rows are stored by label, the position says how the file was written and nothing about the judge.
  const rivals = BASELINES.filter((name) => name !== 'position' || !isStoredInOrder(position_effects));
  const doubts = rivals.map((name) =>
    doubt(name, baselines[name].pairwise_accuracy, differences[name].pairwise_accuracy),
  );
  return [sentence, ...ownDoubts(reward), ...doubts].filter((one) => one !== undefined).join(' ');
}

/** Baselines to beat; `ownDoubts` compares with chance. */
const BASELINES: readonly BaselineName[] = ['length', 'model_mean', 'position'];

type Defined = Estimate & { value: number };

function isDefined(estimate: Estimate | undefined): estimate is Defined {
  return estimate !== undefined && estimate.value !== null;
}

function intervalWords({ low, high, reason }: Estimate, level: number): string {
  return low === null ? (reason ?? 'no interval') : `${levelText(level)} interval ${intervalText(low, high, true)}`;
}

function ownDoubts({ low, high }: Defined): string[] {
  if (low === null || high === null) return ['Without an interval, this is no evidence for other prompts.'];
  return low <= 0.5 && high >= 0.5 ? ['The interval includes 50 %, the accuracy of a coin flip.'] : [];
}

/** @param difference reward minus baseline, paired */
function doubt(name: BaselineName, baseline?: Estimate, difference?: Estimate): string | undefined {
  if (!isDefined(baseline) || !isDefined(difference)) return undefined;
  const { value, low, high } = difference;
  // Without an interval there is no evidence either way: `ownDoubts` says so.
  if (low === null || low > 0) return undefined;
  const start = value <= 0 ? 'It does not beat' : 'The data do not show that it beats';
  const numbers = `${percentNumber(baseline.value)} %; difference ${intervalText(low, high, true)}`;
  return `${start} ${BASELINE_TITLES[name].choosing} (${numbers}).`;
}
