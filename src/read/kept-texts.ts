import { RowError } from '../contracts/errors.js';
import type { Ranking } from '../contracts/ranking.js';
import type { RowTexts } from '../contracts/row.js';
import type { FieldNames } from './shapes/named-fields.js';
import { readingOf } from './shapes/shapes.js';

/**
 * The texts of the row whose fields a ranking carries along, as `score --keep` writes them, found as in a row.
 * `undefined` where it carries none, or not those of its answers.
 */
export function keptTexts(
  ranking: Ranking,
  names: Pick<FieldNames, 'prompt' | 'answers' | 'promptFormat'> = {},
): RowTexts | undefined {
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
