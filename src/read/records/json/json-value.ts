import { isObject } from '../../../json/json-object.js';

/** Whether a value is a number and finite. Numbers in JSON beyond the range of doubles become infinite. */
export function isFiniteNumber(value: unknown): value is number {
  return typeof value === 'number' && Number.isFinite(value);
}

const MAX_QUOTED = 40;

/** Describes an unexpected value for a message. */
export function nameOf(value: unknown): string {
  if (value === undefined) return 'nothing';
  if (Array.isArray(value)) return value.length === 0 ? 'an empty array' : 'an array';
  if (isObject(value)) return 'an object';
  if (typeof value !== 'string') return String(value);
  return value.length > MAX_QUOTED ? 'a string' : `the string ${JSON.stringify(value)}`;
}
