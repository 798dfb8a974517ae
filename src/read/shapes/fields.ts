import { RowError } from '../../contracts/errors.js';
import { isObject } from '../../json/json-object.js';
import { isFiniteNumber, nameOf } from '../records/json/json-value.js';
import type { RowPlace } from '../records/row-place.js';

/** Reads a field that may be absent or `null`; both become `undefined`. @throws RowError E_FIELD for an invalid value */
type OptionalField<T> = (value: unknown, field: string, place: RowPlace) => T | undefined;

export const optionalString: OptionalField<string> = optional(
  'a string',
  (value): value is string => typeof value === 'string',
);

export const optionalFlag: OptionalField<boolean> = optional(
  'true or false',
  (value): value is boolean => typeof value === 'boolean',
);

/** A count. Some files have floats, so 2.0 is accepted as 2. */
export const optionalCount: OptionalField<number> = optional(
  'a whole number',
  (value): value is number => Number.isSafeInteger(value) && Number(value) >= 0,
);

/** An id. Integers beyond 2^53 are refused, as readers of rankings may round them, so that two ids become equal. */
export const optionalId: OptionalField<string | number> = optional(
  'a string, or a number of at most 15 digits',
  isRowId,
);

/** The id of a record that may be no valid row; `undefined` if it has none, or an invalid one. */
export function idIn(value: unknown): string | number | undefined {
  return isObject(value) && isRowId(value.id) ? value.id : undefined;
}

export function isRowId(value: unknown): value is string | number {
  return typeof value === 'string' || (isFiniteNumber(value) && Math.abs(value) <= Number.MAX_SAFE_INTEGER);
}

/** One name or a list of names. */
export function optionalNames(value: unknown, field: string, place: RowPlace): string[] | undefined {
  if (!Array.isArray(value)) {
    const name = optionalString(value, field, place);
    return name === undefined ? undefined : [name];
  }
  return value.map((name, i) => {
    if (typeof name === 'string') return name;
    throw fieldError(name, 'a string', `${field}[${i}]`, place);
  });
}

export function fieldError(value: unknown, expected: string, field: string, place: RowPlace): RowError {
  return new RowError('E_FIELD', `found ${nameOf(value)}, expected ${expected}; correct it or leave it out`, {
    ...place,
    field,
  });
}

function optional<T>(expected: string, isValid: (value: unknown) => value is T): OptionalField<T> {
  return (value, field, place) => {
    if (value === undefined || value === null) return undefined;
    if (isValid(value)) return value;
    throw fieldError(value, expected, field, place);
  };
}
