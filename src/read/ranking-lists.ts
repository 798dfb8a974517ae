import { RowError } from '../contracts/errors.js';
import { ranksOf } from '../contracts/ranks.js';
import type { JsonObject } from '../json/json-object.js';
import { isFiniteNumber, nameOf } from './records/json/json-value.js';
import type { RowPlace } from './records/row-place.js';

/** A test for the items of a list, and their name in messages. */
interface ItemKind<T> {
  name: string;
  isItem(value: unknown): value is T;
}

const NUMBER: ItemKind<number> = { name: 'a finite number', isItem: isFiniteNumber };

const LENGTH: ItemKind<number> = {
  name: 'a number of code points',
  isItem: (value): value is number => Number.isSafeInteger(value) && Number(value) >= 0,
};

const OPTIONAL_NUMBER: ItemKind<number | null> = {
  name: 'a finite number or null',
  isItem: (value) => value === null || isFiniteNumber(value),
};

const OPTIONAL_STRING: ItemKind<string | null> = {
  name: 'a string or null',
  isItem: (value) => value === null || typeof value === 'string',
};

/**
 * The lists of a ranking with one item for each answer. The length of `scores` is the number of answers. All methods throw a RowError
 * E_FIELD for an invalid list.
 */
export class AnswerLists {
  /** Not empty. */
  readonly scores: number[];
  readonly #record: JsonObject;
  readonly #place: RowPlace;

  constructor(record: JsonObject, place: RowPlace) {
    this.#record = record;
    this.#place = place;
    this.scores = this.#list('scores', NUMBER);
    if (this.scores.length === 0) throw rankingError(record.scores, 'at least one score', 'scores', place);
  }

  /** 1 = best: one more than the answers with a higher score. */
  ranks(): number[] {
    const ranks = this.#perAnswer('ranks', NUMBER);
    ranksOf(this.scores).ranks.forEach((expected, i) => {
      if (ranks[i] !== expected) throw rankingError(ranks[i], `${expected} by the scores`, `ranks[${i}]`, this.#place);
    });
    return ranks;
  }

  /** All positions, best first. */
  order(): number[] {
    const order = this.#perAnswer('order', this.#position());
    this.#refuseRepeated('order', order);
    order.forEach((position, i) => {
      if (i > 0 && this.scores[position] > this.scores[order[i - 1]]) {
        throw rankingError(position, 'positions from the best score to the worst', `order[${i}]`, this.#place);
      }
    });
    return order;
  }

  lengths(): number[] {
    return this.#perAnswer('lengths', LENGTH);
  }

  optionalNumbers(field: string): (number | null)[] | undefined {
    return this.#isAbsent(field) ? undefined : this.#perAnswer(field, OPTIONAL_NUMBER);
  }

  optionalStrings(field: string): (string | null)[] | undefined {
    return this.#isAbsent(field) ? undefined : this.#perAnswer(field, OPTIONAL_STRING);
  }

  /** A subset of the answer positions, which count from 0. */
  optionalPositions(field: string): number[] | undefined {
    if (this.#isAbsent(field)) return undefined;
    const positions = this.#list(field, this.#position());
    this.#refuseRepeated(field, positions);
    return positions;
  }

  #refuseRepeated(field: string, positions: readonly number[]): void {
    const i = positions.findIndex((position, at) => positions.indexOf(position) < at);
    if (i !== -1) throw rankingError(positions[i], 'each position once', `${field}[${i}]`, this.#place);
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
}

export function rankingError(value: unknown, expected: string, field: string, place: RowPlace): RowError {
  return new RowError('E_FIELD', `found ${nameOf(value)}, expected ${expected}; is this the output of score?`, {
    ...place,
    field,
  });
}
