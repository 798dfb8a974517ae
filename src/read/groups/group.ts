import { type Place, placeText, RowError } from '../../contracts/errors.js';
import type { JsonObject } from '../../json/json-object.js';
import type { RawRecord } from '../records/raw-record.js';
import type { RowPlace } from '../records/row-place.js';
import type { GroupFields } from './group-fields.js';

/** A row of a long table. */
export interface Part {
  record: JsonObject;
  place: Place;
}

/** The rows of a long table that share a key. They are one record, whose `answers` are what is not of the row as a whole. */
export class Group {
  readonly key: string;
  readonly #fields: GroupFields;
  readonly #parts: Part[] = [];
  #count = 0;
  #error: RowError | undefined;

  constructor(key: string, fields: GroupFields) {
    this.key = key;
    this.#fields = fields;
  }

  /** Where the group begins. */
  get place(): Place {
    return this.#parts[0]?.place ?? this.#error?.place ?? {};
  }

  add(part: Part): void {
    this.#count++;
    if (this.#count <= this.#fields.options.most) this.#parts.push(part);
  }

  /** Refuses the group for a row that cannot be read and may be one of its answers. */
  spoil(error: RowError): void {
    this.#error ??= error;
  }

  /** @param position of the group among all groups */
  raw(position: number): RawRecord {
    return {
      position,
      place: this.place,
      value: (place) => this.#value(place),
      refused: () => this.#error?.refused ?? { record: this.#record() },
    };
  }

  /** The error at the answer that it is about, which has a row of the table for itself. */
  located(error: RowError): RowError {
    const [, answer, field] = /^answers\[(\d+)\]\.?(.*)$/.exec(error.place.field ?? '') ?? [];
    const part = answer === undefined ? undefined : this.#parts[Number(answer)];
    if (part === undefined) return error;
    const { field: _, ...place } = error.place;
    const at = { ...place, ...part.place, ...(field && { field }) };
    const found = new RowError(error.code, error.message, at, error);
    if (error.refused !== undefined) found.refused = error.refused;
    if (error.id !== undefined) found.id = error.id;
    return found;
  }

  #value(place: RowPlace): JsonObject {
    if (this.#error !== undefined) {
      throw new RowError(this.#error.code, this.#error.message, { ...this.#error.place, row: place.row }, this.#error);
    }
    const { most, by } = this.#fields.options;
    if (this.#count > most) {
      const message = `found ${this.#count} rows of one group, expected at most ${most}; is ${by} the field of the group? If so, allow more with --max-answers`;
      throw new RowError('E_ANSWERS', message, { ...place, field: by });
    }
    this.#refuseDifferent(place);
    return this.#record();
  }

  /** Fields of the row as a whole, then the answers with all other fields. */
  #record(): JsonObject {
    const [{ record: first }] = this.#parts;
    const ofRow = Object.entries(first).filter(([name]) => this.#fields.isOfRow(name));
    const answers = this.#parts.map(({ record }) =>
      Object.fromEntries(Object.entries(record).filter(([name]) => !this.#fields.isOfRow(name))),
    );
    return { ...Object.fromEntries(ofRow), answers };
  }

  /** @throws RowError E_PROMPT, E_FIELD if the answers differ in what a row has once */
  #refuseDifferent({ row }: RowPlace): void {
    const [first, ...others] = this.#parts;
    for (const { record, place } of others) {
      const field = this.#fields.different(first.record, record);
      if (field === undefined) continue;
      const { file: _, ...at } = first.place;
      const message = `differs from the first answer of its group (${placeText(at)}), expected the same for all answers of one row; is ${this.#fields.options.by} the field of the group?`;
      throw new RowError(this.#fields.isOfPrompt(field) ? 'E_PROMPT' : 'E_FIELD', message, { ...place, row, field });
    }
  }
}
