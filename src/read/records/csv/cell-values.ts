import { jsonValue } from '../../../json/json-text.js';

/** Fields that hold numbers in the data sets that are recognized. All other cells are text. */
const NUMBERS: ReadonlySet<string> = new Set([
  'rank',
  'score',
  'overall_score',
  'turns',
  'preference',
  'preference_strength',
  'overall_preference',
  'better_response_id',
  'score_chosen',
  'score_rejected',
  'chosen_score',
  'rejected_score',
  'chosen_rating',
  'rejected_rating',
  'chosen-rating',
  'rejected-rating',
  'winner_model_a',
  'winner_model_b',
  'winner_tie',
]);
const FLAGS: ReadonlySet<string> = new Set(['good_natured']);
/** Fields that hold lists or objects, which a cell has as JSON. */
const LISTS: ReadonlySet<string> = new Set([
  'answers',
  'responses',
  'completions',
  'outputs',
  'generations',
  'candidates',
  'choices',
  'models',
  'messages',
  'conversation',
  'conversations',
  'source',
]);

const NUMBER = /^[+-]?(?:\d+\.?\d*|\.\d+)(?:e[+-]?\d+)?$/i;

/**
 * The value of a cell: text, unless its field is known to hold numbers, flags or lists and the cell is one. What is not stays text, so that
 * errors quote it.
 * @param numbers further fields that hold numbers
 */
export function cellValue(name: string, cell: string | null, numbers: ReadonlySet<string>): unknown {
  if (cell === null) return null;
  if (NUMBERS.has(name) || numbers.has(name)) return NUMBER.test(cell.trim()) ? Number(cell) : cell;
  if (FLAGS.has(name) && /^(true|false)$/i.test(cell)) return cell.toLowerCase() === 'true';
  return LISTS.has(name) && /^\s*[[{]/.test(cell) ? listIn(cell) : cell;
}

function listIn(cell: string): unknown {
  try {
    return jsonValue(cell);
  } catch {
    return cell;
  }
}
