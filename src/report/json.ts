import type { Evaluation } from '../agreement.js';

/** The evaluation as indented JSON with a final newline. Numbers are written so that reading them gives the same bits. */
export function evaluationJson(evaluation: Evaluation): string {
  return `${JSON.stringify(evaluation, null, 2)}\n`;
}
