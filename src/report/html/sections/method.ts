import type { Evaluation } from '../../../contracts/agreement.js';
import { notes } from '../../notes.js';
import { html, type Markup } from '../markup.js';
import { listed, named } from '../named.js';
import type { Report } from '../report.js';
import type { Section } from '../section.js';
import { statisticTitle } from '../words.js';

/** How the figures were made. */
export function methodSection({ evaluation, inputs, model, program }: Report): Section {
  const body = html`<ul>${notes(evaluation).map((note) => html`<li>${note}</li>`)}</ul>
<p>Undefined figures are shown as a dash, with the reason below the table.</p>
${meanings(evaluation)}
<p>Read: <bdi>${listed(inputs)}</bdi>. ${model === undefined ? 'The rewards were in it.' : html`Rewards by ${named(model)}.`} Made by ${program}.</p>`;
  return { id: 'method', title: 'How it was measured', body };
}

const MEANINGS: Readonly<Record<string, string>> = {
  pairwise_accuracy:
    'share of all pairs of different label that the scores order as the labels do; equal scores count half',
  mean_pairwise_accuracy: 'the same, row by row, and then the mean over rows',
  adjacent_accuracy: 'the same among pairs of neighbouring labels only',
  kendall_tau_b:
    'pairs in order less pairs out of order, corrected for ties; mean over rows; 1 is the same order, 0 none in common',
  spearman: 'correlation of the ranks; mean over rows',
  pearson: 'correlation of rewards and label scores; mean over rows',
  top1: "how often the best by score is among the labels' best",
  ndcg: 'normalized discounted cumulative gain; 1 is the order of the labels',
  plackett_luce_nll: 'nats by which the scores are surprised by the order of the labels, a row; lower is better',
};

function meanings({ statistics }: Evaluation): Markup {
  const explained = Object.keys(statistics).filter((name) => name in MEANINGS);
  return html`<dl class="meanings">${explained.map((name) => html`<div><dt>${statisticTitle(name)}</dt><dd>${MEANINGS[name]}</dd></div>`)}</dl>`;
}
