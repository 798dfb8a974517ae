import type { BaselineName, Estimate, Evaluation } from '../contracts/agreement.js';
import { finding } from './finding.js';
import { codeSpan, markdownTable } from './markdown-parts.js';
import { counted, countText, decimalText, levelText } from './numbers.js';
import { scoredByTexts } from './scored-by.js';
import { BASELINE_TITLES, intervalText, titleOf, valueText } from './titles.js';

const STATISTICS: readonly string[] = [
  'pairwise_accuracy',
  'adjacent_accuracy',
  'kendall_tau_b',
  'spearman',
  'top1',
  'plackett_luce_nll',
];
const RIVALS: readonly BaselineName[] = ['length', 'model_mean', 'random'];

/** A short table for a model card or a pull request, in GitHub's Markdown, with the main result in words. */
export function evaluationMarkdown(evaluation: Evaluation): string {
  const { rows_compared, comparisons, clusters, bootstrap, length_control } = evaluation;
  const heldEqual = length_control.length_controlled_accuracy;
  const scoredBy = scoredByLines(evaluation);
  if (rows_compared === 0) return [...scoredBy, finding(evaluation), ''].join('\n');
  const interval = `${levelText(bootstrap.level)} interval`;
  const basis =
    `${counted(rows_compared, 'row')}, ${counted(comparisons, 'comparison')}, ${counted(clusters, 'prompt')}; ` +
    `intervals by bootstrap over prompts (${countText(bootstrap.resamples)} resamples, seed ${bootstrap.seed}).`;
  return [
    ...scoredBy,
    ...markdownTable(
      ['', 'reward', interval, 'longer answer', 'reward - longer'],
      STATISTICS.map((name) => row(name, evaluation)),
    ),
    '',
    ...markdownTable(
      ['pairwise accuracy of', '', 'reward - it'],
      [
        ...RIVALS.flatMap((name) => rival(name, evaluation)),
        ['reward, length-controlled', valueText(heldEqual.value, true), ''],
      ],
    ),
    '',
    ...order(evaluation),
    finding(evaluation),
    '',
    basis,
    ...(evaluation.scored_by_notes ?? []).flatMap((note) => ['', codeSpan(note)]),
    '',
  ].join('\n');
}

function scoredByLines({ scored_by }: Evaluation): string[] {
  return scored_by === undefined ? [] : [`Rewards: ${scoredByTexts(scored_by).map(codeSpan).join('; ')}.`, ''];
}

function row(name: string, { statistics, baselines, differences }: Evaluation): string[] {
  const { title, percent } = titleOf(name);
  return [
    title,
    valueText(statistics[name].value, percent),
    interval(statistics[name], percent),
    valueText(baselines.length[name].value, percent),
    interval(differences.length[name], percent),
  ];
}

function rival(name: BaselineName, { baselines, differences }: Evaluation): string[][] {
  const accuracy = baselines[name].pairwise_accuracy;
  if (accuracy.value === null) return [];
  return [
    [BASELINE_TITLES[name].title, valueText(accuracy.value, true), interval(differences[name].pairwise_accuracy, true)],
  ];
}

/** The rank correlation of two models is 1 or -1 and says little. */
const FEWEST_MODELS = 3;

function order({ leaderboard }: Evaluation): string[] {
  const { models, spearman } = leaderboard;
  const { reward, length } = spearman;
  if (models.length < FEWEST_MODELS || reward.value === null || length.value === null) return [];
  const sentence =
    `Order of ${countText(models.length)} models (Bradley-Terry), Spearman with that by label: by reward ${decimalText(reward.value)} ` +
    `(${interval(reward, false)}), by length ${decimalText(length.value)} (${interval(length, false)}).`;
  return [sentence, ''];
}

function interval({ low, high }: Estimate, percent: boolean): string {
  return intervalText(low, high, percent);
}
