import type { Estimate, Evaluation } from '../agreement.js';
import { counted, levelText, percentText } from './numbers.js';
import { intervalText } from './titles.js';

/** What was found, in words: pairwise accuracy beside that of the longer answer, and what the two do not show. */
export function finding({ statistics, baselines, bootstrap }: Evaluation): string {
  const reward: Estimate | undefined = statistics.pairwise_accuracy;
  const longer: Estimate | undefined = baselines.length.pairwise_accuracy;
  if (!isDefined(reward) || !isDefined(longer))
    return 'No labels to compare with: no row has two answers with different labels.';
  const share = `${percentText(reward.value)} % of ${counted(reward.n, 'pair')}`;
  const sentence =
    `The reward orders ${share} as the labels do (${intervalWords(reward, bootstrap.level)}); ` +
    `calling the longer answer better orders ${percentText(longer.value)} %.`;
  return [sentence, ...doubts(reward, longer)].join(' ');
}

type Defined = Estimate & { value: number };

function isDefined(estimate: Estimate | undefined): estimate is Defined {
  return estimate !== undefined && estimate.value !== null;
}

function intervalWords({ low, high, reason }: Estimate, level: number): string {
  return low === null ? (reason ?? 'no interval') : `${levelText(level)} interval ${intervalText(low, high, true)}`;
}

function doubts(reward: Defined, longer: Defined): string[] {
  const found: string[] = [];
  if (reward.low === null || reward.high === null)
    found.push('Without an interval this is no evidence for other prompts.');
  else if (reward.low <= 0.5 && reward.high >= 0.5) found.push('The interval includes 50 %, what a coin would reach.');
  const besideLength = lengthDoubt(reward, longer);
  return besideLength === undefined ? found : [...found, besideLength];
}

function lengthDoubt(reward: Defined, longer: Defined): string | undefined {
  if (reward.value <= longer.value) return 'The reward does not beat choosing by length.';
  if (reward.low === null || longer.high === null || reward.low > longer.high) return undefined;
  return 'The two intervals overlap, so the table alone does not show that the reward beats choosing by length.';
}
