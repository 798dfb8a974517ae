import { RowError } from '../../contracts/errors.js';
import type { Turn } from '../../contracts/row.js';
import type { JsonObject } from '../../json/json-object.js';
import { nameOf } from '../records/json/json-value.js';
import type { RowPlace } from '../records/row-place.js';
import { unicodeText } from '../records/unicode-text.js';
import { dialogueTurns, isMarkedText } from './dialogue-text.js';
import { optionalString } from './fields.js';
import { at, type FieldNames } from './names.js';
import { promptTurns } from './turn-list.js';

/** Fields for the prompt. A record must not have two of them. */
const PROMPT_FIELDS = ['prompt', 'messages', 'conversation'];
/** Fields for the prompt of a record without those. The first that it has is read. */
const OTHER_PROMPT_FIELDS = ['instruction', 'question', 'query', 'conversations'];
/** Prompt fields that may hold text instead of a list of turns. */
const TEXT_FIELDS: ReadonlySet<string> = new Set(['prompt', 'instruction', 'question', 'query']);
/** Fields for the system turn of a prompt without one. */
const SYSTEM_FIELDS = ['system', 'system_prompt'];

/** The prompt fields as text for messages. */
export const PROMPT_NAMES = [...PROMPT_FIELDS, ...OTHER_PROMPT_FIELDS].join(', ');

/** Describes a prompt that was read from whole conversations. */
export const TURNS_BEFORE = 'the turns before';

/** What the user said of prompts. */
export type PromptNames = Pick<FieldNames, 'promptFormat' | 'system'>;

/** The values that are accepted as a prompt. */
interface PromptKind extends PromptNames {
  /** Whether it may be text besides a list of turns. */
  mayBeText: boolean;
}

export interface Prompt {
  conversation: Turn[];
  /** Describes the fields it was read from, as text for users. */
  found: string;
  /** The field it was read from. */
  field: string;
  /** The field of the system turn, if the record has one of its own. */
  systemField?: string;
}

/**
 * Reads the turns before the answers.
 * @throws RowError E_PROMPT if there is no prompt, more than one, or an invalid one; E_FIELD if its text is not Unicode
 */
export function promptOf(record: JsonObject, place: RowPlace, names: PromptNames = {}): Prompt {
  const field = promptField(record, place);
  return promptIn(record, field, record[field], { ...names, mayBeText: TEXT_FIELDS.has(field) }, place);
}

/** Reads the prompt in a given field. @throws RowError as `promptOf` does */
export function promptIn(record: JsonObject, field: string, value: unknown, kind: PromptKind, place: RowPlace): Prompt {
  const turns = turnsOf(value, field, kind, place);
  const input = field === 'instruction' ? optionalString(record.input, 'input', place) : undefined;
  const prompt = promptOfTurns(record, input ? withInput(turns, input, place) : turns, field, place, kind);
  const how = isSurelyText(value, kind) ? ' (text with "\\n\\nAssistant:" inside)' : '';
  return { ...prompt, found: `${prompt.found}${input ? ' + input' : ''}${how}` };
}

/** Makes a prompt of turns. If they have no system turn, the record's own is added. @throws RowError E_PROMPT if all turns are blank */
export function promptOfTurns(
  record: JsonObject,
  turns: Turn[],
  field: string,
  place: RowPlace,
  names: PromptNames = {},
): Prompt {
  if (turns.every(({ text }) => text.trim() === '')) {
    throw promptError('the prompt is empty; give the text that the answers reply to', field, place);
  }
  const fields = names.system === undefined ? SYSTEM_FIELDS : [names.system];
  const system = fields.find((name) => isGiven(at(record, name)) && at(record, name) !== '');
  if (system === undefined || turns.some(({ role }) => role === 'system'))
    return { conversation: turns, found: field, field };
  const text = unicodeText(optionalString(at(record, system), system, place) ?? '', system, place);
  const conversation: Turn[] = [{ role: 'system', text }, ...turns];
  return { conversation, found: `${system} + ${field}`, field, systemField: system };
}

/** The fields from which a prompt is read, and the others that a row has once, whatever its answers. */
export function fieldsOfRow(names: FieldNames): { prompt: readonly string[]; others: readonly string[] } {
  const { prompt, system, source = 'source', id } = names;
  const texts = prompt === undefined ? [...PROMPT_FIELDS, ...OTHER_PROMPT_FIELDS] : [prompt];
  const input = texts.includes('instruction') ? ['input'] : [];
  const others = ['prompt_id', source, 'turns', 'good_natured', ...(id === undefined ? [] : [id])];
  return { prompt: [...texts, ...input, ...(system === undefined ? SYSTEM_FIELDS : [system])], others };
}

/** Whether a record has a prompt field, with a valid prompt or not. */
export function hasPrompt(record: JsonObject): boolean {
  return [...PROMPT_FIELDS, ...OTHER_PROMPT_FIELDS].some((name) => isGiven(record[name]));
}

export function isGiven(value: unknown): boolean {
  return value !== undefined && value !== null;
}

function promptField(record: JsonObject, place: RowPlace): string {
  const [field, second] = PROMPT_FIELDS.filter((name) => isGiven(record[name]));
  if (second !== undefined) {
    throw promptError(`both ${field} and ${second} are given, expected one of them; remove the other`, second, place);
  }
  const found = field ?? OTHER_PROMPT_FIELDS.find((name) => isGiven(record[name]));
  if (found !== undefined) return found;
  const message = `the prompt is missing; give it as text or as a list of turns, in one of ${PROMPT_NAMES}, or name its field with --prompt-field`;
  throw promptError(message, 'prompt', place);
}

function turnsOf(value: unknown, field: string, { mayBeText, promptFormat }: PromptKind, place: RowPlace): Turn[] {
  if (Array.isArray(value)) return promptTurns(value, field, place);
  if (mayBeText && typeof value === 'string')
    return dialogueTurns(unicodeText(value, field, place), field, place, promptFormat);
  const expected = mayBeText ? 'text or a list of turns' : 'a list of turns';
  throw promptError(`found ${nameOf(value)}, expected ${expected}, [{"role": "user", "content": …}]`, field, place);
}

/** Appends Alpaca's `input` to the instruction after a blank line. */
function withInput(turns: readonly Turn[], input: string, place: RowPlace): Turn[] {
  const last = turns[turns.length - 1];
  return [...turns.slice(0, -1), { ...last, text: `${last.text}\n\n${unicodeText(input, 'input', place)}` }];
}

function promptError(message: string, field: string, place: RowPlace): RowError {
  return new RowError('E_PROMPT', message, { ...place, field });
}

/** Whether `auto` read the prompt as text although it has a marker. */
function isSurelyText(value: unknown, { promptFormat = 'auto' }: PromptKind): boolean {
  return promptFormat === 'auto' && typeof value === 'string' && isMarkedText(value);
}
