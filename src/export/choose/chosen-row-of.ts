import type { RankedRow } from '../../contracts/ranked-row.js';
import type { TrainingFormat } from '../formats/format.js';
import type { Choices } from './choices.js';
import type { ChosenRow } from './chosen-row.js';
import type { Dropped } from './dropped.js';
import { chosenPairs } from './pairs.js';
import { rankedAnswers } from './ranked-answers.js';

/** What a format takes of a row; `undefined` if nothing, which is counted. */
export function chosenRowOf(
  row: RankedRow,
  { unit, needsOrder = false }: Pick<TrainingFormat, 'unit' | 'needsOrder'>,
  choices: Choices,
  dropped: Dropped,
): ChosenRow | undefined {
  const answers = rankedAnswers(row, choices, dropped);
  if (answers.length < (unit === 'best' ? 1 : 2)) {
    dropped.add('few_answers');
    return undefined;
  }
  if (unit === 'best') return { row, answers: answers.slice(0, choices.top), pairs: [] };
  if (unit === 'pairs' || unit === 'halves') {
    const pairs = chosenPairs(answers, row.ranking.index, choices, dropped);
    return pairs.length === 0 ? undefined : { row, answers, pairs };
  }
  if (needsOrder && answers[0].value === answers[answers.length - 1].value) {
    dropped.add('all_tie');
    return undefined;
  }
  return { row, answers, pairs: [] };
}
