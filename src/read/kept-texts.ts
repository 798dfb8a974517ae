import { RowError } from '../contracts/errors.js';
import type { Ranking } from '../contracts/ranking.js';
import type { RowTexts } from '../contracts/row.js';
import type { FieldNames } from './shapes/names.js';
import { readingOf } from './shapes/shapes.js';

/**
 * Reads the texts that a ranking carries along from its row, as `score --keep` writes them. The fields are recognized as in a row.
 * @returns `undefined` if the ranking carries no texts, or not one for each of its answers
 */
export function keptTexts(ranking: Ranking, names: FieldNames = {}): RowTexts | undefined {
  try {
    const reading = readingOf({ ...ranking }, names, { row: ranking.index });
    if (reading.answers.length !== ranking.scores.length) return undefined;
    return {
      conversation: reading.prompt.conversation,
      answers: reading.answers.map(({ answer }) => answer.text),
    };
  } catch (error) {
    if (error instanceof RowError) return undefined;
    throw error;
  }
}
