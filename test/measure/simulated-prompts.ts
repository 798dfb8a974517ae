import type { Xoshiro128 } from '../../src/measure/bootstrap/xoshiro128.js';
import { ComparedRows } from '../../src/measure/rows/compared-rows.js';
import { labelledAnswers } from '../../src/measure/rows/labelled-answers.js';
import { rankingOf } from './rankings.js';

const K = 7;

/** A standard normal number (Box-Muller transform). */
function normal(random: Xoshiro128): number {
  const uniform = () => ((random.next() >>> 0) + 0.5) / 2 ** 32;
  return Math.sqrt(-2 * Math.log(uniform())) * Math.cos(2 * Math.PI * uniform());
}

/**
 * Simulated rows that are dependent within a prompt. A prompt has one to three rows of seven answers. Each prompt has a sharpness: how
 * strongly the reward follows the quality of the answers, which may be negative. The rows of a prompt share it, and half of the quality of
 * their answers. The labels are the order of a noisy quality.
 */
export function simulatedPrompts(prompts: number, random: Xoshiro128): ComparedRows {
  const rows = new ComparedRows();
  for (let prompt = 0; prompt < prompts; prompt++) {
    const sharpness = 0.8 + 0.7 * normal(random);
    const shared = Array.from({ length: K }, () => normal(random));
    for (let row = 0; row <= prompt % 3; row++) addRow(rows, `p${prompt}`, sharpness, shared, random);
  }
  return rows;
}

function addRow(
  rows: ComparedRows,
  promptId: string,
  sharpness: number,
  shared: readonly number[],
  random: Xoshiro128,
): void {
  const qualities = shared.map((quality) => (quality + normal(random)) / Math.SQRT2);
  const judged = qualities.map((quality) => quality + 0.5 * normal(random));
  const labels = judged.map((quality) => judged.filter((other) => other > quality).length + 1);
  const scores = qualities.map((quality) => sharpness * quality + normal(random));
  const labelled = labelledAnswers(rankingOf(scores, labels));
  if (labelled !== undefined) rows.add(labelled, promptId, K);
}
