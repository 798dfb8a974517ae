import { RowError } from '../errors.js';
import type { Role, Turn } from '../types.js';
import { isRecord, nameOf } from './json-value.js';
import type { RowPlace } from './row-place.js';
import { unicodeText } from './unicode-text.js';

const ROLES: ReadonlySet<unknown> = new Set<Role>(['system', 'user', 'assistant']);

/**
 * The turns of a list of `{ role, content }`, texts verbatim.
 * Throws a RowError, E_PROMPT or E_FIELD, with the field inside the list. The last turn must be the user's: answers come after it.
 */
export function listedTurns(list: readonly unknown[], field: string, place: RowPlace): Turn[] {
  const turns = list.map((turn, i) => listedTurn(turn, `${field}[${i}]`, place));
  const last = turns.at(-1);
  if (last?.role === 'user') return turns;
  const found = last ? `the last turn is of role ${last.role}` : 'the list of turns is empty';
  const at = last ? `${field}[${turns.length - 1}].role` : field;
  throw new RowError('E_PROMPT', `${found}, expected the prompt to end with a user turn, for answers to follow`, {
    ...place,
    field: at,
  });
}

function listedTurn(turn: unknown, field: string, place: RowPlace): Turn {
  if (!isRecord(turn)) throw unexpected(turn, 'a turn, {"role": …, "content": …}', field, place);
  const { role, content } = turn;
  if (!isRole(role)) throw unexpected(role, 'system, user or assistant', `${field}.role`, place);
  if (typeof content !== 'string') throw unexpected(content, 'a string', `${field}.content`, place);
  return { role, text: unicodeText(content, `${field}.content`, place) };
}

function isRole(value: unknown): value is Role {
  return ROLES.has(value);
}

function unexpected(value: unknown, expected: string, field: string, place: RowPlace): RowError {
  return new RowError('E_PROMPT', `found ${nameOf(value)}, expected ${expected}`, { ...place, field });
}
