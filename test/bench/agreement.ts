/** Distance of a contender's rewards from those of a reference that computes the same model. */
export interface Agreement {
  largestDifference: number;
  /** Share of the pairs of a row's answers in the same order; only pairs that the reference has more than TIE apart. null without any. */
  sameOrder: number | null;
}

const TIE = 0.1;
const MOST_APART = 0.5;
/** Low, because dynamic int8 of other tools has one activation scale a run, which changes rewards much. Another model would have 0.5. */
const LEAST_ALIKE = 0.65;

/** @param answers number of answers of each row */
export function agreement(
  rewards: readonly (number | undefined)[],
  reference: readonly number[],
  answers: readonly number[],
): Agreement {
  let largestDifference = 0;
  let [pairs, alike, first] = [0, 0, 0];
  for (const count of answers) {
    for (let i = first; i < first + count; i++) {
      const reward = rewards[i];
      if (reward === undefined) continue;
      largestDifference = Math.max(largestDifference, Math.abs(reward - reference[i]));
      for (let j = first; j < i; j++) {
        const other = rewards[j];
        if (other === undefined || Math.abs(reference[i] - reference[j]) <= TIE) continue;
        pairs++;
        if ((reward - other) * (reference[i] - reference[j]) > 0) alike++;
      }
    }
    first += count;
  }
  return { largestDifference, sameOrder: pairs === 0 ? null : alike / pairs };
}

/** Whether the contender computed the same model, perhaps at lower precision. NaN never is. */
export function isSameModel({ largestDifference, sameOrder }: Agreement): boolean {
  return largestDifference <= MOST_APART || (sameOrder ?? 0) >= LEAST_ALIKE;
}
