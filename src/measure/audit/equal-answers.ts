import type { SuspectReason } from '../../contracts/agreement.js';
import type { LabelledAnswer } from '../rows/labelled-answers.js';
import { labelLevels } from '../statistics/label-levels.js';

type EqualAnswers = Extract<SuspectReason, { kind: 'equal_answers' }>;

/**
 * Finds equal answers with different labels. `apart` is the largest distance of two of them, in levels of the row's distinct labels.
 * Without texts, answers of equal reward and length count as equal, because a reward is a function of the text.
 *
 * @param texts of all answers of the row, by position
 * @returns `undefined` if there are none
 */
export function equalAnswers(
  labelled: readonly LabelledAnswer[],
  texts: readonly string[] | undefined,
): { reason: EqualAnswers; apart: number } | undefined {
  const levels = labelLevels(labelled.map(({ label }) => label));
  const groups = new Map<string, number[]>();
  labelled.forEach((answer, i) => {
    const key = sameness(answer, texts);
    groups.set(key, [...(groups.get(key) ?? []), i]);
  });
  const split = [...groups.values()].filter((group) => group.some((i) => levels[i] !== levels[group[0]]));
  if (split.length === 0) return undefined;
  const positions = split.flat().map((i) => labelled[i].position);
  const apart = split.map((group) => {
    const ofGroup = group.map((i) => levels[i]);
    return Math.max(...ofGroup) - Math.min(...ofGroup);
  });
  const by = texts === undefined ? 'score_and_length' : 'text';
  return {
    reason: { kind: 'equal_answers', positions: positions.sort((a, b) => a - b), by },
    apart: Math.max(...apart),
  };
}

function sameness({ score, length, position }: LabelledAnswer, texts: readonly string[] | undefined): string {
  return texts === undefined ? `${score} ${length}` : texts[position];
}
