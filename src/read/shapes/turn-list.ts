import { RowError } from '../../contracts/errors.js';
import type { Role, Turn } from '../../contracts/row.js';
import { isObject, type JsonObject } from '../../json/json-object.js';
import { nameOf } from '../records/json/json-value.js';
import type { RowPlace } from '../records/row-place.js';
import { unicodeText } from '../records/unicode-text.js';

/** Roles by their spellings, the usual ones and those of ShareGPT and similar data. */
const ROLES: ReadonlyMap<unknown, Role> = new Map<unknown, Role>([
  ['system', 'system'],
  ['user', 'user'],
  ['human', 'user'],
  ['assistant', 'assistant'],
  ['gpt', 'assistant'],
  ['bot', 'assistant'],
  ['model', 'assistant'],
]);

/**
 * Reads a list of turns, `{ role, content }` or `{ from, value }`. Texts are kept verbatim. A content may be a list of text parts.
 * @throws RowError E_PROMPT or E_FIELD, with the field inside the list
 */
export function listedTurns(list: readonly unknown[], field: string, place: RowPlace): Turn[] {
  return list.map((turn, i) => listedTurn(turn, `${field}[${i}]`, place));
}

/** Reads the turns of a prompt. The last has to be the user's. @throws RowError E_PROMPT, or as `listedTurns` does */
export function promptTurns(list: readonly unknown[], field: string, place: RowPlace): Turn[] {
  const turns = listedTurns(list, field, place);
  const last = turns.at(-1);
  if (last?.role === 'user') return turns;
  const found = last ? `the last turn is of role ${last.role}` : 'the list of turns is empty';
  const at = last ? `${field}[${turns.length - 1}].${keysOf(list.at(-1)).role}` : field;
  throw new RowError('E_PROMPT', `${found}, expected the prompt to end with a user turn, which the answers follow`, {
    ...place,
    field: at,
  });
}

/** Whether a value is a list whose first item looks like a turn. */
export function isTurnList(value: unknown): value is readonly unknown[] {
  if (!Array.isArray(value) || !isObject(value[0])) return false;
  const { role, content } = keysOf(value[0]);
  return role in value[0] && content in value[0];
}

/** Whether a value is a turn of the assistant. */
export function isReply(value: unknown): boolean {
  return isObject(value) && ROLES.get(value[keysOf(value).role]) === 'assistant';
}

function listedTurn(turn: unknown, field: string, place: RowPlace): Turn {
  if (!isObject(turn)) throw unexpected(turn, 'a turn, {"role": …, "content": …}', field, place);
  const keys = keysOf(turn);
  const role = ROLES.get(turn[keys.role]);
  if (role === undefined) {
    throw unexpected(turn[keys.role], 'system, user or assistant', `${field}.${keys.role}`, place);
  }
  return { role, text: content(turn[keys.content], `${field}.${keys.content}`, place) };
}

function keysOf(turn: unknown): { role: string; content: string } {
  const isShareGpt = isObject(turn) && turn.role === undefined && turn.from !== undefined;
  return isShareGpt ? { role: 'from', content: 'value' } : { role: 'role', content: 'content' };
}

function content(value: unknown, field: string, place: RowPlace): string {
  if (typeof value === 'string') return unicodeText(value, field, place);
  if (!Array.isArray(value)) throw unexpected(value, 'a string', field, place);
  return value.map((part, i) => partText(part, `${field}[${i}]`, place)).join('');
}

/** Reads a part of a content list, `{ "type": "text", "text": … }`. Images and sounds are refused, as these models read only text. */
function partText(part: unknown, field: string, place: RowPlace): string {
  if (isObject(part) && typeof part.text === 'string') return unicodeText(part.text, `${field}.text`, place);
  const found: JsonObject = isObject(part) ? part : {};
  const what = typeof found.type === 'string' ? found.type : part;
  throw unexpected(what, 'a part of text, {"type": "text", "text": …}', field, place);
}

function unexpected(value: unknown, expected: string, field: string, place: RowPlace): RowError {
  return new RowError('E_PROMPT', `found ${nameOf(value)}, expected ${expected}`, { ...place, field });
}
