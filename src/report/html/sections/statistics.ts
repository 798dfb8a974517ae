import type { BaselineName, Evaluation } from '../../../contracts/agreement.js';
import { countText } from '../../numbers.js';
import { BASELINE_TITLES } from '../../titles.js';
import { dataTable } from '../data-table.js';
import { html, type Markup } from '../markup.js';
import { NOTHING, Reasons } from '../reasons.js';
import type { Section } from '../section.js';
import { statisticTitle, unitOf } from '../words.js';

const NAMES = Object.keys(BASELINE_TITLES) as BaselineName[];

/** Every statistic of the reward and of each baseline, and their differences, after the legend of signs in all tables. */
export function statisticsSection(evaluation: Evaluation): Section {
  const body = html`<p>In all tables, a dash (${NOTHING}) means that there is nothing to compute, with the reason by its letter below the table. A minus (−) or plus (+) is the sign of a number.</p>
${values(evaluation)}
<h3>Reward minus each baseline</h3>
<p>Differences on the same rows, with intervals from the same resamples of prompts. An interval that includes 0 does not show that the reward is better.</p>
${differences(evaluation)}`;
  return { id: 'statistics', title: 'Statistics', body };
}

function values({ statistics, baselines }: Evaluation): Markup {
  const reasons = new Reasons();
  const rows = Object.entries(statistics).map(([name, estimate]) => [
    statisticTitle(name),
    reasons.cell(estimate, unitOf(name)),
    ...NAMES.map((baseline) => reasons.cell(baselines[baseline][name], unitOf(name))),
    countText(estimate.n),
  ]);
  const columns = ['statistic', 'reward', ...NAMES.map((name) => BASELINE_TITLES[name].title), 'n'];
  return html`${dataTable({ label: 'Statistics of the reward and of the baselines', columns, rows })}${reasons.list}`;
}

function differences({ statistics, differences }: Evaluation): Markup {
  const reasons = new Reasons();
  const rows = Object.keys(statistics).map((name) => [
    statisticTitle(name),
    ...NAMES.map((baseline) => reasons.difference(differences[baseline][name], unitOf(name))),
  ]);
  const columns = ['statistic', ...NAMES.map((name) => BASELINE_TITLES[name].title)];
  return html`${dataTable({ label: 'Differences of the reward and the baselines', columns, rows })}${reasons.list}`;
}
