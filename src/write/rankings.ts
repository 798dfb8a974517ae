import { RowError } from '../contracts/errors.js';
import type { Ranking } from '../contracts/ranking.js';
import { jsonText } from '../json/json-text.js';
import type { TextFormat } from './text-format.js';

/**
 * A ranking, or the error in its place, as one line of JSON, with keys in the order of the type. Reading a number back gives the same
 * bits.
 * @throws RowError E_FIELD if the other fields of the row are nested too deep to be written
 */
export function rankingLine(ranking: Pick<Ranking, 'index' | 'file' | 'id'>): string {
  try {
    return `${jsonText(ranking)}\n`;
  } catch (cause) {
    const { index, file, id } = ranking;
    const place = { ...(file !== undefined && { file }), row: index };
    const problem = 'a field that goes along is nested too deep to be written';
    const error = new RowError('E_FIELD', problem, place, cause);
    if (id !== undefined) error.id = id;
    throw error;
  }
}

/** JSON Lines, one line a row. */
export const JSONL: TextFormat = {
  header: '',
  text: rankingLine,
  index: /^\{"index":(\d+)[,}]/,
  saved(line) {
    const { index, scores = [], truncated = [], error } = JSON.parse(line);
    return { index, scores, truncated, ...(scores.length === 0 && error && { error: error.code }) };
  },
  holdsErrors: true,
};
