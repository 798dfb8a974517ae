import { ErrorLine } from '../contracts/error-line.js';
import type { RowError } from '../contracts/errors.js';
import { isObject, type JsonObject } from '../json/json-object.js';

/** Whether a record is the error of a row in place of its ranking. In a table made of such lines its `scores` are null. */
export function isErrorRecord({ scores, error }: JsonObject): boolean {
  return (scores === undefined || scores === null) && isObject(error) && typeof error.code === 'string';
}

/** Leaves error lines out of rankings, or of what is made of them, and counts them. */
export class ErrorLines {
  /** How many there were, by code. */
  readonly codes = new Map<string, number>();
  /** All lines, with a ranking or an error. */
  #lines = 0;

  get count(): number {
    return [...this.codes.values()].reduce((sum, one) => sum + one, 0);
  }

  get lines(): number {
    return this.#lines;
  }

  async *leftOutOf<Item extends object>(
    lines: AsyncIterable<Item | ErrorLine | RowError>,
  ): AsyncGenerator<Item | RowError> {
    for await (const line of lines) {
      this.#lines++;
      if (line instanceof ErrorLine) this.codes.set(line.error.code, (this.codes.get(line.error.code) ?? 0) + 1);
      else yield line;
    }
  }
}
