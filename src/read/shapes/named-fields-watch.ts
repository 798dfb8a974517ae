import type { RowError } from '../../contracts/errors.js';
import { isObject, type JsonObject } from '../../json/json-object.js';
import { FieldWatch } from './field-watch.js';
import { answerFields, at, type FieldNames } from './named-fields.js';
import type { Reading } from './shape.js';

/** Checks that the rows have the fields that the user named. */
export class NamedFieldsWatch {
  readonly #ofRecords: readonly FieldWatch[];
  readonly #label: FieldWatch | undefined;

  constructor({ prompt, answers, label }: FieldNames) {
    this.#ofRecords = [
      ...(prompt === undefined ? [] : [new FieldWatch('--prompt-field', prompt)]),
      ...(answers === undefined ? [] : answerFields(answers).map((name) => new FieldWatch('--answers-field', name))),
    ];
    this.#label = label === undefined ? undefined : new FieldWatch('--label-field', label);
  }

  /** Adds a record before it is read as a row. */
  addRecord(record: JsonObject): void {
    for (const watch of this.#ofRecords) watch.add([record], at(record, watch.name) !== undefined);
  }

  /** Adds the same record after it was read. Its labels are in the answers, or in a list beside them. */
  addReading(record: JsonObject, { answers }: Reading): void {
    const watch = this.#label;
    if (watch === undefined) return;
    const objects = answers.map(({ value }) => value).filter(isObject);
    const beside = at(record, watch.name);
    const isBeside = Array.isArray(beside) || beside === null;
    watch.add([record, ...objects], isBeside || objects.some((answer) => at(answer, watch.name) !== undefined));
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
    return this.#label === undefined ? this.#ofRecords : [...this.#ofRecords, this.#label];
  }
}
