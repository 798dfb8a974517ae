import type { Estimate, Evaluation } from '../../../contracts/agreement.js';
import { finding } from '../../finding.js';
import { type Content, html } from '../markup.js';
import { NOTHING } from '../reasons.js';
import type { Section } from '../section.js';
import { differenceWords, intervalWords, numberWords, sentenceWords, type Unit } from '../words.js';

/** The main result in words and in the few figures that matter most. */
export function summarySection(evaluation: Evaluation): Section {
  const figures =
    evaluation.rows_compared === 0
      ? html`<p class="nothing">Every statistic and every plot needs labels: nothing more is shown.</p>`
      : html`<dl class="tiles">${tilesOf(evaluation)}</dl>`;
  return {
    id: 'summary',
    title: 'What was found',
    body: html`<p class="lead">${sentenceWords(finding(evaluation))}</p>${figures}`,
  };
}

function tilesOf({ statistics, baselines, differences, length_control }: Evaluation): Content[] {
  const accuracy = 'pairwise_accuracy';
  return [
    tile('pairwise accuracy of the reward', statistics[accuracy], 'percent'),
    tile('accuracy of the longer answer', baselines.length[accuracy], 'percent'),
    tile('difference of the two', differences.length[accuracy], 'percent', differenceWords),
    tile('length-controlled accuracy', length_control.length_controlled_accuracy, 'percent'),
    tile("the reward's best is the labels' best", statistics.top1, 'percent'),
    tile('Kendall tau-b, mean over rows', statistics.kendall_tau_b, 'number'),
  ];
}

function tile(title: string, estimate: Estimate | undefined, unit: Unit, words = numberWords): Content {
  if (estimate === undefined) return undefined;
  const { value, low, high, reason } = estimate;
  const shown = value === null ? NOTHING : words(value, unit);
  const below = low === null || high === null ? reason : intervalWords(low, high, unit);
  return html`<div><dt>${title}</dt><dd>${shown}</dd><dd class="interval">${below}</dd></div>`;
}
