import { RowError } from '../errors.js';
import type { Turn } from '../types.js';
import { type JsonRecord, nameOf } from './json-value.js';
import { nectarTurns } from './nectar-prompt.js';
import type { RowPlace } from './row-place.js';
import { listedTurns } from './turn-list.js';
import { unicodeText } from './unicode-text.js';

/** Where a record may have its prompt. */
const PROMPT_FIELDS = ['prompt', 'messages', 'conversation'] as const;

/**
 * The turns before the answers. Throws a RowError: E_PROMPT if there is no prompt, more than one, or none that can be
 * understood; E_FIELD if its text is not Unicode.
 */
export function conversationOf(record: JsonRecord, place: RowPlace): Turn[] {
  const field = promptField(record, place);
  const turns = turnsOf(record[field], field, place);
  if (turns.some(({ text }) => text.trim() !== '')) return turns;
  throw promptError('the prompt is empty; give the text that the answers reply to', field, place);
}

function promptField(record: JsonRecord, place: RowPlace): string {
  const [field, second] = PROMPT_FIELDS.filter((name) => record[name] !== undefined && record[name] !== null);
  if (field === undefined) throw promptError(missing(record), 'prompt', place);
  if (second === undefined) return field;
  throw promptError(`both ${field} and ${second} are given, expected one of them; remove the other`, second, place);
}

function missing({ scores }: JsonRecord): string {
  if (scores !== undefined) return 'this is a ranking, the output of score, not a row; evaluate reads it with --scored';
  return 'the prompt is missing; give it as text, or as a list of turns in messages';
}

function turnsOf(value: unknown, field: string, place: RowPlace): Turn[] {
  if (Array.isArray(value)) return listedTurns(value, field, place);
  const mayBeText = field === 'prompt';
  if (mayBeText && typeof value === 'string') return nectarTurns(unicodeText(value, field, place), place);
  const expected = mayBeText ? 'text or a list of turns' : 'a list of turns';
  throw promptError(`found ${nameOf(value)}, expected ${expected}, [{"role": "user", "content": …}]`, field, place);
}

function promptError(message: string, field: string, place: RowPlace): RowError {
  return new RowError('E_PROMPT', message, { ...place, field });
}
