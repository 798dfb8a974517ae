import { isObject, type JsonObject } from '../../json/json-object.js';
import type { PromptFormat } from './dialogue-text.js';

/**
 * The fields of a row's parts that the user named, and how their values are meant. A dot in a name leads to a nested field. Fields of
 * answers are in each answer, or beside the answers: a list with an item for each answer, or several fields separated by commas.
 */
export interface FieldNames {
  prompt?: string;
  /** The system turn of prompts without one. */
  system?: string;
  /** One field with a list of answers, or several fields with one answer each, separated by commas. */
  answers?: string;
  /** The text in each answer. */
  answerText?: string;
  /** The model of each answer. */
  model?: string;
  label?: string;
  /** Whether smaller labels are better, as for ranks. Default: whether the name of the field contains `rank`. */
  lowerIsBetter?: boolean;
  id?: string;
  source?: string;
  promptFormat?: PromptFormat;
  /** For long tables: the field that the answers of one row share. */
  groupBy?: string;
  /** The name of the shape, in place of recognizing it. */
  shape?: string;
}

/** The fields in a list of names such as `a,b`. */
export function listedNames(names: string): string[] {
  return names.split(',').map((name) => name.trim());
}

/** The value of a field. If there is no field of that name, dots lead to nested fields. */
export function at(record: JsonObject, name: string): unknown {
  if (record[name] !== undefined) return record[name];
  const dot = name.indexOf('.');
  if (dot === -1) return undefined;
  const inner = record[name.slice(0, dot)];
  return isObject(inner) ? at(inner, name.slice(dot + 1)) : undefined;
}
