import { RowError } from '../contracts/errors.js';
import { jsonText } from '../json/json-text.js';

/**
 * A ranking as one line of JSON, keys in the order of the type. Numbers are written so that reading them gives the same bits.
 * @throws RowError E_FIELD when what the row carries along is nested too deep to be written
 */
export function rankingLine(ranking: { readonly index: number }): string {
  try {
    return `${jsonText(ranking)}\n`;
  } catch (cause) {
    const place = { row: ranking.index };
    throw new RowError('E_FIELD', 'a field that goes along is nested too deep to be written', place, cause);
  }
}
