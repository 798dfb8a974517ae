import { isDeepStrictEqual } from 'node:util';
import type { JsonObject } from '../../json/json-object.js';
import { fieldsOfRow } from '../shapes/prompt.js';
import type { GroupOptions } from './group-options.js';

/** Divides the fields of a long table into those of a row as a whole and those of an answer. */
export class GroupFields {
  readonly options: GroupOptions;
  readonly #ofRow: ReadonlySet<string>;
  readonly #ofPrompt: ReadonlySet<string>;

  constructor(options: GroupOptions) {
    const { by, names } = options;
    const { prompt, others } = fieldsOfRow(names);
    const ofRow = new Set([by, ...prompt, ...others].flatMap((name) => [name, topOf(name)]));
    for (const name of [names.answerText, names.model, names.label]) if (name !== undefined) ofRow.delete(topOf(name));
    this.options = options;
    this.#ofRow = ofRow;
    this.#ofPrompt = new Set(prompt.map(topOf));
  }

  isOfRow(name: string): boolean {
    return this.#ofRow.has(name);
  }

  isOfPrompt(name: string): boolean {
    return this.#ofPrompt.has(name);
  }

  /** A field of the row in which two rows of a group differ. */
  different(first: JsonObject, other: JsonObject): string | undefined {
    const isDifferent = (name: string) =>
      this.#ofRow.has(name) && first[name] !== other[name] && !isDeepStrictEqual(first[name], other[name]);
    return Object.keys(first).find(isDifferent) ?? Object.keys(other).find(isDifferent);
  }
}

/** The field of a record that a name with dots begins with. */
function topOf(name: string): string {
  return name.split('.', 1)[0];
}
