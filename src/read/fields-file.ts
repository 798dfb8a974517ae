import { StarlingError } from '../contracts/errors.js';
import { nearestFirst } from '../contracts/nearest.js';
import { readJsonObject } from '../json/json-file.js';
import { JsonNode } from '../json/json-node.js';
import { PROMPT_FORMATS } from './shapes/dialogue-text.js';
import type { FieldNames } from './shapes/names.js';
import { SHAPE_NAMES } from './shapes/shapes.js';

/** The name of each setting in a file of fields: that of its flag, with underscores. */
export const FIELD_KEYS = {
  shape: 'shape',
  prompt: 'prompt_field',
  promptFormat: 'prompt_format',
  system: 'system_field',
  answers: 'answers_field',
  answerText: 'answer_text_field',
  model: 'model_field',
  label: 'label_field',
  lowerIsBetter: 'lower_is_better',
  id: 'id_field',
  source: 'source_field',
  groupBy: 'group_by',
} as const satisfies Record<keyof FieldNames, string>;

const SETTINGS = Object.keys(FIELD_KEYS).filter((name): name is keyof FieldNames => Object.hasOwn(FIELD_KEYS, name));
const KEYS: readonly string[] = Object.values(FIELD_KEYS);

/** Reads a file of fields, as `--explain-fields` writes it. @throws StarlingError E_USAGE with the place of what is wrong */
export async function readFieldsFile(file: string): Promise<FieldNames> {
  const object = await readJsonObject(file, {
    code: 'E_USAGE',
    absent: 'there is no such file of fields; make one with score --explain-fields',
    unreadable: (why) => `the file of fields cannot be read: ${why}`,
    invalid: 'this is no JSON, expected an object such as {"prompt_field": "question"}',
  });
  const unknown = Object.keys(object).find((key) => !KEYS.includes(key));
  if (unknown !== undefined) {
    const [nearest, ...others] = nearestFirst(unknown, KEYS);
    const message = `this name is not known; is it ${nearest}? The others are ${others.join(', ')}`;
    throw new StarlingError('E_USAGE', message, { file, field: unknown });
  }
  const node = new JsonNode({ file, code: 'E_USAGE' }, '', object);
  const given = SETTINGS.filter((name) => !node.at(FIELD_KEYS[name]).absent);
  return Object.fromEntries(given.map((name) => [name, settingIn(name, node.at(FIELD_KEYS[name]))]));
}

function settingIn(name: keyof FieldNames, node: JsonNode): string | boolean {
  if (name === 'lowerIsBetter') return node.flag();
  if (name === 'promptFormat') return node.name(PROMPT_FORMATS);
  return name === 'shape' ? node.name(SHAPE_NAMES) : node.text();
}

/** The text of a file of fields. */
export function fieldsFileText(names: FieldNames): string {
  const given = SETTINGS.filter((name) => names[name] !== undefined);
  return `${JSON.stringify(Object.fromEntries(given.map((name) => [FIELD_KEYS[name], names[name]])), null, 2)}\n`;
}
