import { RowError } from '../errors.js';
import { isFiniteNumber, type JsonRecord, nameOf } from './json-value.js';
import type { RowPlace } from './row-place.js';

/** What an item of a list may be, and how a message calls it. */
interface ItemKind<T> {
  name: string;
  isItem(value: unknown): value is T;
}

const NUMBER: ItemKind<number> = { name: 'a finite number', isItem: isFiniteNumber };

const OPTIONAL_NUMBER: ItemKind<number | null> = {
  name: 'a finite number or null',
  isItem: (value) => value === null || isFiniteNumber(value),
};

const OPTIONAL_STRING: ItemKind<string | null> = {
  name: 'a string or null',
  isItem: (value) => value === null || typeof value === 'string',
};

/**
 * The lists of a ranking that have one item for each of its answers; `scores` tells how many answers these are.
 * Everything throws a RowError E_FIELD where a list is not that.
 */
export class AnswerLists {
  /** Not empty. */
  readonly scores: number[];
  readonly #record: JsonRecord;
  readonly #place: RowPlace;

  constructor(record: JsonRecord, place: RowPlace) {
    this.#record = record;
    this.#place = place;
    this.#refuseRow();
    this.scores = this.#list('scores', NUMBER);
    if (this.scores.length === 0) throw rankingError(record.scores, 'at least one score', 'scores', place);
  }

  numbers(field: string): number[] {
    return this.#perAnswer(field, NUMBER);
  }

  optionalNumbers(field: string): (number | null)[] | undefined {
    return this.#isAbsent(field) ? undefined : this.#perAnswer(field, OPTIONAL_NUMBER);
  }

  optionalStrings(field: string): (string | null)[] | undefined {
    return this.#isAbsent(field) ? undefined : this.#perAnswer(field, OPTIONAL_STRING);
  }

  /** A list of answer positions from 0, of any length. */
  optionalPositions(field: string): number[] | undefined {
    return this.#isAbsent(field) ? undefined : this.#list(field, this.#position());
  }

  /** As many answer positions as there are answers. */
  positions(field: string): number[] {
    return this.#perAnswer(field, this.#position());
  }

  #position(): ItemKind<number> {
    const last = this.scores.length - 1;
    return {
      name: `a position from 0 to ${last}`,
      isItem: (value): value is number =>
        isFiniteNumber(value) && Number.isInteger(value) && value >= 0 && value <= last,
    };
  }

  #isAbsent(field: string): boolean {
    return this.#record[field] === undefined || this.#record[field] === null;
  }

  #perAnswer<T>(field: string, kind: ItemKind<T>): T[] {
    const list = this.#list(field, kind);
    const expected = this.scores.length;
    if (list.length === expected) return list;
    const message = `${list.length} ${field} for ${expected} scores, expected one for each answer; is this the output of score?`;
    throw new RowError('E_FIELD', message, { ...this.#place, field });
  }

  #list<T>(field: string, { name, isItem }: ItemKind<T>): T[] {
    const list = this.#record[field];
    if (!Array.isArray(list)) throw rankingError(list, `a list with ${name} for each answer`, field, this.#place);
    return list.map((item: unknown, i) => {
      if (isItem(item)) return item;
      throw rankingError(item, name, `${field}[${i}]`, this.#place);
    });
  }

  #refuseRow(): void {
    const { scores, prompt, answers } = this.#record;
    if (scores !== undefined || prompt === undefined || answers === undefined) return;
    const message = 'this is a row, not a ranking, which is what score writes; drop --scored';
    throw new RowError('E_FIELD', message, { ...this.#place, field: 'scores' });
  }
}

export function rankingError(value: unknown, expected: string, field: string, place: RowPlace): RowError {
  return new RowError('E_FIELD', `found ${nameOf(value)}, expected ${expected}; is this the output of score?`, {
    ...place,
    field,
  });
}
