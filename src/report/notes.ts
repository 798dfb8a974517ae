import type { Evaluation } from '../agreement.js';
import { counted, countText, levelText, percentText } from './numbers.js';
import { titleOf, valueText } from './titles.js';

/** What a reader must know to judge the figures, one paragraph each. */
export function notes(evaluation: Evaluation): string[] {
  const found = [
    basis(evaluation),
    intervals(evaluation),
    fewPrompts(evaluation),
    ceiling(evaluation),
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

function intervals({ rows_compared, bootstrap }: Evaluation): string | undefined {
  if (rows_compared === 0) return undefined;
  const { level, resamples, seed } = bootstrap;
  return (
    `Intervals: ${levelText(level)}, bootstrap over prompts, ${countText(resamples)} resamples, seed ${seed}. ` +
    'n: comparisons for accuracies, else rows.'
  );
}

/** Below this a bootstrap over prompts has too few different resamples for its ends to be taken at their word. */
const FEW_PROMPTS = 20;

function fewPrompts({ clusters }: Evaluation): string | undefined {
  if (clusters === 0 || clusters >= FEW_PROMPTS) return undefined;
  return `Few prompts (${clusters}): the intervals are narrower than what is truly known.`;
}

function ceiling({ judge_ceiling }: Evaluation): string | undefined {
  if (judge_ceiling === undefined) return undefined;
  const { low, high } = judge_ceiling;
  const range = `${Number(percentText(low))}-${Number(percentText(high))} %`;
  return (
    `Judge's ceiling: GPT-4 agrees with its own ranking on ${range} of adjacent pairs (Nectar): ` +
    'where GPT-4 made the labels, little is to be gained above that.'
  );
}

/** The table shows the reward's n; where the baseline's differs (rows whose answers are all equally long), it is told here. */
function baselineBasis({ statistics, baselines }: Evaluation): string | undefined {
  const other = Object.entries(baselines.length).filter(([name, { n }]) => n !== statistics[name]?.n);
  if (other.length === 0) return undefined;
  const told = other.map(([name, { n }]) => `${titleOf(name).title} ${countText(n)}`);
  return `n differs for "longer answer": ${told.join(', ')}.`;
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
    'such pairs say nothing and draw the accuracies towards 50 %.'
  );
}
