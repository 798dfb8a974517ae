import type { RowError } from '../../contracts/errors.js';
import { isObject, type JsonObject } from '../../json/json-object.js';
import { FieldWatch } from './field-watch.js';
import { at, type FieldNames, listedNames } from './names.js';
import type { Reading } from './shape.js';

/** Checks that the rows have the fields that the user named. */
export class NamedFieldsWatch {
  readonly #ofRecords: readonly FieldWatch[];
  readonly #ofAnswers: readonly FieldWatch[];

  constructor({ prompt, system, answers, answerText, model, label, id, source }: FieldNames) {
    this.#ofRecords = [
      ...watches('--prompt-field', prompt),
      ...watches('--system-field', system),
      ...(answers === undefined ? [] : listedNames(answers)).flatMap((name) => watches('--answers-field', name)),
      ...watches('--id-field', id),
      ...watches('--source-field', source),
    ];
    this.#ofAnswers = [
      ...watches('--answer-text-field', answerText),
      ...(model === undefined ? [] : listedNames(model)).flatMap((name) => watches('--model-field', name)),
      ...(label === undefined ? [] : listedNames(label)).flatMap((name) => watches('--label-field', name)),
    ];
  }

  /** Adds a record before it is read as a row. */
  addRecord(record: JsonObject): void {
    for (const watch of this.#ofRecords) watch.add([record], at(record, watch.name) !== undefined);
  }

  /** Adds the same record after it was read. What the fields hold is in the answers or beside them. */
  addReading(record: JsonObject, { answers }: Reading): void {
    const objects = answers.map(({ value }) => value).filter(isObject);
    for (const watch of this.#ofAnswers) {
      const isThere = [record, ...objects].some((part) => at(part, watch.name) !== undefined);
      watch.add([record, ...objects], isThere);
    }
  }

  /**
   * @param error the error that ends the run, if any
   * @throws StarlingError E_USAGE instead of `error` if no row has the field that it is about; without `error`, if there were rows but none
   * had one of the fields
   */
  check(error?: RowError): void {
    const watches = error ? this.#ofRecords.filter(({ name }) => name === error.place.field) : this.#all;
    for (const watch of watches) watch.check(error?.place);
  }

  get #all(): readonly FieldWatch[] {
    return [...this.#ofRecords, ...this.#ofAnswers];
  }
}

function watches(flag: string, name: string | undefined): FieldWatch[] {
  return name === undefined ? [] : [new FieldWatch(flag, name)];
}
