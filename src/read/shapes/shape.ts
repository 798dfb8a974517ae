import type { JsonObject } from '../../json/json-object.js';
import type { RowPlace } from '../records/row-place.js';
import type { ReadAnswer } from './answer.js';
import type { PromptFormat } from './dialogue-text.js';
import type { Prompt } from './prompt.js';

/** What a record says, once its shape is known. */
export interface Reading {
  prompt: Prompt;
  /** At least one. */
  answers: readonly ReadAnswer[];
  /** Where the answers stand, for people: `answers[].answer`. */
  where: string;
}

/** Reads the prompt of a record that has it in a field of its own. Throws a RowError, E_PROMPT or E_FIELD. */
export type ReadPrompt = (record: JsonObject, place: RowPlace) => Prompt;

/** One way in which people write preference data. */
export interface Shape {
  /** What its records have, for people. */
  expects: string;
  /** Whether a record is meant to be of this shape. */
  fits(record: JsonObject): boolean;
  /**
   * Throws a RowError where a record of this shape is wrong.
   * @param format of the prompt, for shapes in which answers may begin with it
   */
  read(record: JsonObject, place: RowPlace, readPrompt: ReadPrompt, format?: PromptFormat): Reading;
}
