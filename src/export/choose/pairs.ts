import type { Choices } from './choices.js';
import type { ChosenPair, RankedAnswer } from './chosen-row.js';
import { draw } from './draw.js';
import type { Dropped } from './dropped.js';

/**
 * The pairs of a row. Pairs of equal value are never taken, as neither answer is better.
 * @param answers best first
 * @param index of the row, from which random pairs are drawn
 */
export function chosenPairs(
  answers: readonly RankedAnswer[],
  index: number,
  choices: Choices,
  dropped: Dropped,
): ChosenPair[] {
  const pairs = candidates(answers, choices, dropped).filter((pair) => {
    const { minMargin, maxLengthRatio } = choices;
    if (minMargin !== undefined && pair.margin < minMargin) return left('min_margin', dropped);
    if (maxLengthRatio !== undefined && lengthRatio(pair) > maxLengthRatio) return left('max_length_ratio', dropped);
    return true;
  });
  const most = choices.maxPerRow ?? (choices.pairs === 'random' ? 1 : pairs.length);
  dropped.add('max_per_row', Math.max(0, pairs.length - most));
  return pairs.length <= most ? pairs : firstOf(pairs, most, index, choices);
}

function left(reason: 'min_margin' | 'max_length_ratio', dropped: Dropped): boolean {
  dropped.add(reason);
  return false;
}

function candidates(
  answers: readonly RankedAnswer[],
  { pairs: which }: Pick<Choices, 'pairs'>,
  dropped: Dropped,
): ChosenPair[] {
  const levels = levelsOf(answers);
  const pairs: ChosenPair[] = [];
  const last = answers.length - 1;
  for (const [b, better] of answers.entries()) {
    for (let w = b + 1; w <= last; w++) {
      if (which === 'best-worst' && (b > 0 || w < last)) continue;
      const steps = levels[w] - levels[b];
      if (steps === 0) dropped.add('ties');
      else if (which !== 'adjacent' || steps === 1) pairs.push(pairOf(better, answers[w]));
    }
  }
  return pairs;
}

function pairOf(chosen: RankedAnswer, rejected: RankedAnswer): ChosenPair {
  return { chosen, rejected, margin: chosen.value - rejected.value };
}

/** For each answer, how many distinct values are better than its own. */
function levelsOf(answers: readonly RankedAnswer[]): number[] {
  let level = 0;
  return answers.map(({ value }, i) => {
    if (i > 0 && value < answers[i - 1].value) level++;
    return level;
  });
}

/** How many times as long the longer answer is; infinite if only the shorter one is empty. */
function lengthRatio({ chosen, rejected }: ChosenPair): number {
  if (chosen.length === rejected.length) return 1;
  return Math.max(chosen.length, rejected.length) / Math.min(chosen.length, rejected.length);
}

/** The pairs with the widest margins, or for `random` the ones with the smallest draws, in the order of `pairs`. */
function firstOf(pairs: readonly ChosenPair[], most: number, index: number, choices: Choices): ChosenPair[] {
  const { pairs: which, seed } = choices;
  const keyOf = ({ chosen, rejected, margin }: ChosenPair) =>
    which === 'random' ? draw(seed, `${index}:${chosen.position}:${rejected.position}`) : -margin;
  const keyed = pairs.map((pair, place) => ({ pair, place, key: keyOf(pair) }));
  const first = keyed.sort((a, b) => a.key - b.key || a.place - b.place).slice(0, most);
  return first.sort((a, b) => a.place - b.place).map(({ pair }) => pair);
}
