import type { BaselineName } from '../contracts/agreement.js';
import { decimalText, percentNumber } from './numbers.js';

/** How a statistic is shown. */
export interface Title {
  title: string;
  /** Shares are shown in percent. */
  percent: boolean;
}

const TITLES: Readonly<Record<string, Title>> = {
  pairwise_accuracy: { title: 'pairwise accuracy', percent: true },
  mean_pairwise_accuracy: { title: '  mean over rows', percent: true },
  adjacent_accuracy: { title: 'adjacent accuracy', percent: true },
  kendall_tau_b: { title: 'Kendall tau-b', percent: false },
  spearman: { title: 'Spearman', percent: false },
  pearson: { title: 'Pearson', percent: false },
  top1: { title: 'top-1', percent: true },
  ndcg: { title: 'NDCG', percent: false },
  plackett_luce_nll: { title: 'Plackett-Luce NLL', percent: false },
};

/** The statistic that needs label scores: it has no line where labels are only ranks. */
export const OF_LABEL_SCORES = 'pearson';

/** A statistic that is not listed is shown by its name, as a plain number. */
export function titleOf(name: string): Title {
  return TITLES[name] ?? { title: name.replaceAll('_', ' '), percent: false };
}

/** The name of each baseline in a table, and in a sentence. */
export const BASELINE_TITLES: Readonly<Record<BaselineName, { title: string; choosing: string }>> = {
  length: { title: 'the longer answer', choosing: 'picking the longer answer' },
  model_mean: { title: 'the answering model alone', choosing: 'picking by the answering model alone' },
  position: { title: 'the earlier answer', choosing: 'picking the earlier answer' },
  random: { title: 'a random guess', choosing: 'picking at random' },
};

/** What a terminal says below tables: plain text has one sign for both. */
export const DASH_LEGEND =
  'A lone "-" means nothing to compute, or too few prompts for an interval; "-" before a number makes it negative.';

/** `71.3 %` or `0.412`; `-` for what is undefined. */
export function valueText(value: number | null, percent: boolean): string {
  if (value === null) return '-';
  return percent ? `${percentNumber(value)} %` : decimalText(value);
}

/** `68.0 to 74.5`; `-` if there is no interval. */
export function intervalText(low: number | null, high: number | null, percent: boolean): string {
  if (low === null || high === null) return '-';
  const text = percent ? percentNumber : decimalText;
  return `${text(low)} to ${text(high)}`;
}
