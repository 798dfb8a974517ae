import type { Estimate } from '../../contracts/agreement.js';
import { countText, decimalText, percentNumber } from '../numbers.js';
import { titleOf } from '../titles.js';

/** A space that does not break: a number stays with its unit. */
const NBSP = '\u00a0';
const MINUS = '\u2212';

/** How figures are shown: shares in percent (their differences in points), plain numbers, or whole ranks and ratings. */
export type Unit = 'percent' | 'number' | 'whole';

/** The title of a statistic, without the indent that terminals show. */
export function statisticTitle(name: string): string {
  return titleOf(name).title.trim();
}

export function unitOf(statistic: string): Unit {
  return titleOf(statistic).percent ? 'percent' : 'number';
}

/** `71.3 %` or `−0.412`. */
export function numberWords(value: number, unit: Unit): string {
  return unit === 'percent' ? `${plain(value, unit)}${NBSP}%` : plain(value, unit);
}

/** `+3.8 points` or `−0.075`. */
export function differenceWords(value: number, unit: Unit): string {
  const text = plain(value, unit);
  const signed = value > 0 && Number(text) !== 0 ? `+${text}` : text;
  return unit === 'percent' ? `${signed}${NBSP}points` : signed;
}

/** `68.0 to 74.5` */
export function intervalWords(low: number, high: number, unit: Unit): string {
  return `${plain(low, unit)} to ${plain(high, unit)}`;
}

/** For a sentence: `71.3 % (68.0 to 74.5)`, or why the estimate is undefined. */
export function estimateWords(estimate: Estimate, unit: Unit, words = numberWords): string {
  const { value, low, high, reason } = estimate;
  if (value === null) return `undefined (${reason ?? 'no reason is known'})`;
  const known = words(value, unit);
  return low === null || high === null || low === high ? known : `${known} (${intervalWords(low, high, unit)})`;
}

const TEXTS: Readonly<Record<Unit, (value: number) => string>> = {
  percent: percentNumber,
  number: decimalText,
  whole: countText,
};

function plain(value: number, unit: Unit): string {
  return TEXTS[unit](value).replace('-', MINUS);
}

/** A sentence made for the terminal, with the minus signs of the page; hyphens inside words stay. */
export function sentenceWords(sentence: string): string {
  return sentence.replaceAll(/(?<![\w-])-(?=\d)/g, MINUS);
}
