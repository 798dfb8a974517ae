import type { Evaluation } from '../contracts/agreement.js';
import { counted, countText, decimalText, levelText, percentNumber } from './numbers.js';
import { isStoredInOrder } from './stored-in-order.js';
import { intervalText, titleOf, valueText } from './titles.js';

/** What a reader must know to judge the figures, one paragraph per note. */
export function notes(evaluation: Evaluation): string[] {
  const found = [
    ...(evaluation.scored_by_notes ?? []),
    basis(evaluation),
    withoutRanking(evaluation),
    intervals(evaluation),
    fewPrompts(evaluation),
    likelihood(evaluation),
    certainty(evaluation),
    best(evaluation),
    ceiling(evaluation),
    suspectCounts(evaluation),
    positions(evaluation),
    balancedModels(evaluation),
    baselineBasis(evaluation),
    truncated(evaluation),
    equalLabelScores(evaluation),
  ];
  return found.filter((note) => note !== undefined);
}

function basis({ rows, rows_compared, comparisons, clusters, k }: Evaluation): string {
  const answers = k.min === k.max ? `${k.min ?? 0}` : `${k.min} to ${k.max}`;
  return (
    `Rows: ${countText(rows)} (K = ${answers}), ${countText(rows_compared)} with different labels: ` +
    `${counted(comparisons, 'comparison')}, ${counted(clusters, 'prompt')}.`
  );
}

function withoutRanking({ rows_with_errors }: Evaluation): string | undefined {
  if (rows_with_errors === 0) return undefined;
  return `Left out: ${counted(rows_with_errors, 'row')} with an error in place of a ranking.`;
}

function intervals({ rows_compared, clusters, bootstrap }: Evaluation): string | undefined {
  if (rows_compared === 0) return undefined;
  const counts = 'n: comparisons for accuracies, else rows.';
  if (clusters === 1) return counts;
  const { level, resamples, seed } = bootstrap;
  return `Intervals: ${levelText(level)}, bootstrap over prompts, ${countText(resamples)} resamples, seed ${seed}; those of differences are paired. ${counts}`;
}

/** Below this, a bootstrap over prompts gives intervals that are too narrow. */
const FEW_PROMPTS = 20;

function fewPrompts({ clusters }: Evaluation): string | undefined {
  // One prompt has no intervals.
  if (clusters < 2 || clusters >= FEW_PROMPTS) return undefined;
  return `Few prompts (${clusters}): the intervals are narrower than they should be.`;
}

/** The likelihood means little without that of a random guess. */
function likelihood({ statistics, baselines }: Evaluation): string | undefined {
  const [reward, guess] = [statistics.plackett_luce_nll, baselines.random.plackett_luce_nll];
  if (typeof reward?.value !== 'number' || typeof guess?.value !== 'number') return undefined;
  return `Plackett-Luce NLL: nats per row, lower is better; ${decimalText(reward.value)} under the reward, ${decimalText(guess.value)} under a random guess.`;
}

function certainty({ calibration, coverage, bootstrap }: Evaluation): string | undefined {
  const { temperature, expected_error, expected_error_unscaled } = calibration;
  if (temperature.value === null) return givenCertainty(calibration);
  const own =
    `Calibration: a difference d of rewards means odds of exp(d / T) with T = ${decimalText(temperature.value)}` +
    `${temperature.low === null ? '' : ` (${levelText(bootstrap.level)}: ${intervalText(temperature.low, temperature.high, false)})`}, expected calibration error ` +
    `${valueText(expected_error.value, true)}, with T = 1 ${valueText(expected_error_unscaled.value, true)}.`;
  const fitted = [own, givenCertainty(calibration)].filter(Boolean).join(' ');
  const half = coverage.find((point) => point.coverage >= 0.5);
  if (half === undefined || half.coverage === 1) return fitted;
  return `${fitted} Of the ${percentNumber(half.coverage)} % of pairs with the largest reward differences, ${valueText(half.accuracy.value, true)} are right.`;
}

/** How well a T that other rows gave holds for these. */
function givenCertainty({ given }: Evaluation['calibration']): string | undefined {
  if (given === undefined || given.expected_error.value === null) return undefined;
  const { value, low, high } = given.expected_error;
  const interval = low === null ? '' : ` (${intervalText(low, high, true)})`;
  return `With the given T = ${decimalText(given.temperature)} it is ${valueText(value, true)}${interval}.`;
}

/** The label value that the reward's best answer loses against the best by label. */
function best({ best_of_n }: Evaluation): string | undefined {
  const most = best_of_n.points.at(-1);
  if (most === undefined || most.reward.value === null || most.n < 2) return undefined;
  const unit = best_of_n.unit === 'rank' ? 'places' : 'of the label score';
  const [reward, length, random] = [most.reward, most.length, most.random].map(({ value }) => decimalText(value ?? 0));
  return `Best of ${most.n}: the reward's pick loses ${reward} ${unit} against the best by label, the longest answer ${length}, a random one ${random}.`;
}

function suspectCounts({ suspects, rows_compared }: Evaluation): string | undefined {
  if (suspects === undefined) return undefined;
  const { equal_answers, refusal_first, disagreement, rows_with_texts } = suspects;
  const found =
    `Suspect labels: ${counted(equal_answers, 'row')} with equal answers but different labels, ${countText(refusal_first)} with a refusal labelled best on a ` +
    `good-natured prompt, ${countText(disagreement)} with labels less likely under the reward than under a random guess. A row can be of several kinds.`;
  if (rows_with_texts === rows_compared) return found;
  return `${found} ${counted(rows_compared - rows_with_texts, 'row')} without texts (score --keep) could not be searched for refusals.`;
}

function positions({ position_effects }: Evaluation): string | undefined {
  const { k, chance, stored_best_first, slots } = position_effects;
  if (stored_best_first.value === null || chance === null || k === null || k < 2) return undefined;
  if (isStoredInOrder(position_effects)) {
    return `${percentNumber(stored_best_first.value)} % of the rows are stored best first: their positions say nothing about the judge, and a scorer that used them would look perfect.`;
  }
  const uneven = slots.filter(({ first_by_label: { low, high } }) => (low ?? 0) > chance || (high ?? 1) < chance);
  if (uneven.length === 0) return undefined;
  const places = uneven.map(({ position, first_by_label: { value, low, high } }) => {
    return `slot ${position} ${percentNumber(value ?? 0)} % (${intervalText(low, high, true)})`;
  });
  return `Position bias, share of the first places by label: ${places.join(', ')}; chance is ${percentNumber(chance)} %.`;
}

function ceiling({ judge_ceiling }: Evaluation): string | undefined {
  if (judge_ceiling === undefined) return undefined;
  const { low, high } = judge_ceiling;
  const range = `${Number(percentNumber(low))}-${Number(percentNumber(high))} %`;
  return (
    `Judge's ceiling: GPT-4 agrees with its own ranking on ${range} of adjacent pairs (Nectar): ` +
    'where GPT-4 made the labels, a higher accuracy means little.'
  );
}

/**
 * Below 50 %, this baseline reflects the design of the sample, not knowledge: leaving a prompt out reverses the order of models with equal
 * means.
 */
function balancedModels({ baselines }: Evaluation): string | undefined {
  const high = baselines.model_mean.pairwise_accuracy?.high;
  if (typeof high !== 'number' || high >= 0.5) return undefined;
  return 'The answering models have about equal mean labels. Leaving a prompt out then reverses their order on it, so "the answering model alone" is below 50 %: this reflects the design of the sample, not knowledge.';
}

/** The table shows the n of the reward. This note gives the n of the baseline where it differs: rows of equally long answers lack some statistics. */
function baselineBasis({ statistics, baselines }: Evaluation): string | undefined {
  const other = Object.entries(baselines.length).filter(
    ([name, { value, n }]) => value !== null && n !== statistics[name]?.n,
  );
  if (other.length === 0) return undefined;
  const counts = other.map(([name, { n }]) => `${titleOf(name).title.trim()} ${countText(n)}`);
  return `n differs for "longer answer": ${counts.join(', ')}.`;
}

function truncated({ truncated_answers, answers }: Evaluation): string | undefined {
  if (truncated_answers === 0) return undefined;
  const share = valueText(truncated_answers / answers, true);
  return `${countText(truncated_answers)} of ${countText(answers)} answers (${share}) were cut to the maximum length before scoring.`;
}

function equalLabelScores({ equal_label_scores, comparisons }: Evaluation): string | undefined {
  if (equal_label_scores === 0) return undefined;
  return (
    `In ${countText(equal_label_scores)} of ${countText(comparisons)} comparisons the label scores are equal though the labels differ: ` +
    'such pairs carry no information and draw the accuracies towards 50 %.'
  );
}
