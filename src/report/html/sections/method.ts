import type { Evaluation } from '../../../contracts/agreement.js';
import { notes } from '../../notes.js';
import { html, type Markup } from '../markup.js';
import { listed } from '../named.js';
import type { Report } from '../report.js';
import { rewardsBy } from '../rewards-by.js';
import type { Section } from '../section.js';
import { statisticTitle } from '../words.js';

/** The notes on the figures, the meaning of each statistic, and what was read. */
export function methodSection({ evaluation, inputs, program }: Report): Section {
  const by = rewardsBy(evaluation);
  const body = html`<ul>${notes(evaluation).map((note) => html`<li>${note}</li>`)}</ul>
${meanings(evaluation)}
<p>Read: <bdi>${listed(inputs)}</bdi>${by && html`, ${by}`}. Made by ${program}.</p>`;
  return { id: 'method', title: 'How it was measured', body };
}

const MEANINGS: Readonly<Record<string, string>> = {
  pairwise_accuracy:
    'share of pairs with different labels that the scores order as the labels do; equal scores count half',
  mean_pairwise_accuracy: 'the same for each row, then the mean over rows',
  adjacent_accuracy: 'pairwise accuracy among pairs of neighbouring labels only',
  kendall_tau_b:
    'concordant minus discordant pairs, corrected for ties; mean over rows; 1 is the same order, 0 no association',
  spearman: 'correlation of the ranks; mean over rows',
  pearson: 'correlation of rewards and label scores; mean over rows',
  top1: "how often the best by score is among the labels' best",
  ndcg: 'normalized discounted cumulative gain; 1 is the order of the labels',
  plackett_luce_nll: "negative log-likelihood of the labels' order under the scores, in nats per row; lower is better",
};

function meanings({ statistics }: Evaluation): Markup {
  const explained = Object.keys(statistics).filter((name) => name in MEANINGS);
  return html`<dl class="meanings">${explained.map((name) => html`<div><dt>${statisticTitle(name)}</dt><dd>${MEANINGS[name]}</dd></div>`)}</dl>`;
}
