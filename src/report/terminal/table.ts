import type { Estimate, Evaluation } from '../../contracts/agreement.js';
import { finding } from '../finding.js';
import { notes } from '../notes.js';
import { countText, levelText } from '../numbers.js';
import { scoredByTexts } from '../scored-by.js';
import { DASH_LEGEND, intervalText, OF_LABEL_SCORES, titleOf, valueText } from '../titles.js';
import { baselineLines } from './baseline-lines.js';
import { fitted, wrapped } from './columns.js';
import { leaderboardLines } from './leaderboard-lines.js';
import { sliceLines } from './slice-lines.js';

/**
 * The evaluation for a terminal of 80 columns: what scored the rankings; a line for each statistic with the reward's value and interval, the value of picking the
 * longer answer and the interval of the difference; then the main result in words, the baselines, slices, leaderboard and notes.
 * Plain text, ends in a newline.
 */
export function evaluationTable(evaluation: Evaluation): string {
  const sections = [
    evaluation.scored_by === undefined ? [] : scoredByTexts(evaluation.scored_by).flatMap(wrapped),
    statisticLines(evaluation),
    wrapped(finding(evaluation)),
    baselineLines(evaluation),
    ...evaluation.slices.map((table) => sliceLines(table, evaluation)),
    leaderboardLines(evaluation),
    [...notes(evaluation), ...(evaluation.rows_compared > 0 ? [DASH_LEGEND] : [])].flatMap(wrapped),
  ];
  const shown = sections.filter((lines) => lines.length > 0);
  return `${shown.map((lines) => lines.join('\n')).join('\n\n')}\n`;
}

/** No lines if there is nothing to compare: the sentence says more than a table of dashes. */
function statisticLines(evaluation: Evaluation): string[] {
  const { rows_compared, rows_with_label_scores, bootstrap, statistics, baselines, differences } = evaluation;
  if (rows_compared === 0) return [];
  const header = ['', 'reward', `${levelText(bootstrap.level)} interval`, 'longer', 'reward - longer', 'n'];
  const names = Object.entries(statistics).filter(([name]) => name !== OF_LABEL_SCORES || rows_with_label_scores > 0);
  const rows = names.map(([name, reward]) => row(name, reward, baselines.length[name], differences.length[name]));
  return fitted([header, ...rows]);
}

function row(name: string, reward: Estimate, longer: Estimate | undefined, difference: Estimate | undefined): string[] {
  const { title, percent } = titleOf(name);
  const interval = ({ low, high }: Estimate) => intervalText(low, high, percent);
  return [
    title,
    valueText(reward.value, percent),
    interval(reward),
    longer === undefined ? '-' : valueText(longer.value, percent),
    difference === undefined ? '-' : interval(difference),
    countText(reward.n),
  ];
}
