/** Digits after the point. A probability is not known better, and the same text is then made everywhere. */
const DIGITS = 6;

/**
 * The probability that the best answer beats each other: sigmoid((best - score) / temperature), by the temperature that `evaluate` fits.
 * @param scores in answer order
 * @param order positions of the answers, best first
 * @param temperature above 0, in the unit of the scores
 * @returns in answer order; `null` for the best
 */
export function winProbabilities(
  scores: readonly number[],
  order: readonly number[],
  temperature: number,
): (number | null)[] {
  const [best] = order;
  return scores.map((score, answer) => {
    if (answer === best) return null;
    const probability = 1 / (1 + Math.exp((score - scores[best]) / temperature));
    return Number(probability.toFixed(DIGITS));
  });
}
