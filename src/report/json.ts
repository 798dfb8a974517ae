import type { Comparison, Evaluation } from '../contracts/agreement.js';

/** The evaluation as indented JSON with a final newline. Numbers are written so that reading them gives the same bits. */
export function evaluationJson(evaluation: Evaluation): string {
  return indented(evaluation);
}

/** The comparison in the same form. */
export function comparisonJson(comparison: Comparison): string {
  return indented(comparison);
}

/** A list of numbers, which `JSON.stringify` spreads over one line per number. */
const NUMBERS = /\[\s+(-?\d[^[\]{}"]*?)\s+\]/g;

function indented(report: unknown): string {
  const text = JSON.stringify(report, null, 2);
  return `${text.replace(NUMBERS, (_, numbers: string) => `[${numbers.replaceAll(/\s+/g, ' ')}]`)}\n`;
}
