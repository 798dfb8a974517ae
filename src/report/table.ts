import type { Estimate, Evaluation } from '../agreement.js';
import { columns, WIDTH, wrapped } from './columns.js';
import { finding } from './finding.js';
import { notes } from './notes.js';
import { countText, levelText } from './numbers.js';
import { intervalText, titleOf, valueText } from './titles.js';

/** Spaces before each column. The narrow ones are for numbers that would not fit otherwise. */
const GAPS = [0, 2, 2, 2, 2, 2];
const NARROW_GAPS = [0, 2, 1, 2, 1, 2];

/**
 * The evaluation for a terminal of 80 columns: a line for each statistic with the reward's value and interval and those of
 * choosing the longer answer; then what was found in a sentence, and notes. Plain text, ends in a newline.
 */
export function evaluationTable(evaluation: Evaluation): string {
  const sections = [tableLines(evaluation), wrapped(finding(evaluation)), notes(evaluation).flatMap(wrapped)];
  const shown = sections.filter((lines) => lines.length > 0);
  return `${shown.map((lines) => lines.join('\n')).join('\n\n')}\n`;
}

/** No lines if there is nothing to compare: a table of dashes would say less than the sentence does. */
function tableLines({ rows_compared, bootstrap, statistics, baselines }: Evaluation): string[] {
  if (rows_compared === 0) return [];
  const interval = `${levelText(bootstrap.level)} interval`;
  const header = ['', 'reward', interval, 'longer', interval, 'n'];
  const names = Object.keys(statistics);
  const cells = [header, ...names.map((name) => row(name, statistics[name], baselines.length[name]))];
  const lines = columns(cells, GAPS);
  return lines.every((line) => line.length <= WIDTH) ? lines : columns(cells, NARROW_GAPS);
}

function row(name: string, reward: Estimate, longer: Estimate | undefined): string[] {
  const { title, percent } = titleOf(name);
  return [title, ...figures(reward, percent), ...figures(longer, percent), countText(reward.n)];
}

function figures(estimate: Estimate | undefined, percent: boolean): [string, string] {
  if (estimate === undefined) return ['-', '-'];
  return [valueText(estimate.value, percent), intervalText(estimate.low, estimate.high, percent)];
}
