import type { JsonObject } from '../../json/json-object.js';
import type { RowPlace } from '../records/row-place.js';
import type { ReadAnswer } from './answer.js';
import type { FieldNames } from './names.js';
import type { Prompt } from './prompt.js';

/** The prompt and the answers of a record. */
export interface Reading {
  prompt: Prompt;
  /** At least one. */
  answers: readonly ReadAnswer[];
  /** Describes the fields of the answers, as text for users: `answers[].answer`. */
  where: string;
  /** The fields of the answers, if naming them reads the same row; otherwise the shape alone says where they are. */
  answersField?: string;
}

/** Reads a prompt that is in a field of its own. @throws RowError E_PROMPT, E_FIELD */
export type ReadPrompt = (record: JsonObject, place: RowPlace) => Prompt;

/** A schema of preference data. */
export interface Shape {
  /** Its name in a file of fields. */
  name: string;
  /** Describes its fields, as text for users. */
  expects: string;
  /** Whether a record has the fields of this shape, with valid values or not. */
  fits(record: JsonObject): boolean;
  /**
   * Reads a record of this shape.
   * @param names what the user said of fields: those in answers, and what concerns prompts, for shapes whose answers may include it
   * @throws RowError if the record is invalid
   */
  read(record: JsonObject, place: RowPlace, readPrompt: ReadPrompt, names: FieldNames): Reading;
}
