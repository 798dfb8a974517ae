import { StarlingError } from '../contracts/errors.js';
import type { ErrorCode } from '../contracts/exit-codes.js';
import { isObject, type JsonObject } from './json-object.js';
import { shownJson } from './json-text.js';

/** No tokenizer nests its parts deeper. The limit keeps recursive readers from overflowing the stack. */
const MOST_DEPTH = 100;

/** The file that values come from, and how errors about them are worded. */
export interface JsonSource {
  file: string;
  code: ErrorCode;
  /** Text of the message before the expected value. */
  problem?: string;
}

/** A value in a JSON file together with its path, which errors name. Fields are checked when they are read. */
export class JsonNode {
  readonly source: JsonSource;
  readonly path: string;
  readonly value: unknown;

  readonly #depth: number;

  /** @throws StarlingError if it is nested too deeply */
  constructor(source: JsonSource, path: string, value: unknown, depth = 0) {
    this.source = source;
    this.path = path;
    this.value = value;
    this.#depth = depth;
    if (depth > MOST_DEPTH) this.refuse(`no more than ${MOST_DEPTH} levels`);
  }

  /** `null` counts as absent, as in the files of HF tokenizers. */
  get absent(): boolean {
    return this.value === undefined || this.value === null;
  }

  /** The value of a key; absent if there is no such key, or if this is not an object. */
  at(key: string): JsonNode {
    const value = isObject(this.value) ? this.value[key] : undefined;
    return new JsonNode(this.source, this.path ? `${this.path}.${key}` : key, value, this.#depth + 1);
  }

  object(): JsonObject {
    return isObject(this.value) ? this.value : this.refuse('an object');
  }

  /** The items of a list; none if it is absent. */
  items(): JsonNode[] {
    return this.list().map((_, i) => this.item(i));
  }

  /** As `items`, but as plain values, for long lists. */
  list(): readonly unknown[] {
    if (this.absent) return [];
    return Array.isArray(this.value) ? this.value : this.refuse('a list');
  }

  /** The item at a position of the list; absent if there is none. */
  item(place: number): JsonNode {
    return new JsonNode(this.source, `${this.path}[${place}]`, this.list()[place], this.#depth + 1);
  }

  text(): string {
    return typeof this.value === 'string' ? this.value : this.refuse('a string');
  }

  count(): number {
    const { value } = this;
    return typeof value === 'number' && Number.isInteger(value) && value >= 0 ? value : this.refuse('a whole number');
  }

  /** A whole number from `least` to `most`. The error names both bounds. */
  countWithin(least: number, most: number): number {
    const { value } = this;
    if (typeof value === 'number' && Number.isInteger(value) && value >= least && value <= most) return value;
    return this.refuse(`a whole number from ${least} to ${most}`);
  }

  /** A token id. */
  id(): number {
    return isId(this.value) ? this.value : this.refuse(`an id from 0 to ${MOST_ID}`);
  }

  number(): number {
    return typeof this.value === 'number' ? this.value : this.refuse('a number');
  }

  /** @param ifAbsent without it an absent value is refused */
  flag(ifAbsent?: boolean): boolean {
    if (this.absent && ifAbsent !== undefined) return ifAbsent;
    return typeof this.value === 'boolean' ? this.value : this.refuse('true or false');
  }

  /** Refuses every value but these. */
  oneOf(values: readonly unknown[]): void {
    if (!values.includes(this.value))
      this.refuse(values.map((value) => JSON.stringify(value) ?? 'nothing').join(' or '));
  }

  /** One of these names. The error lists them. */
  name<Name extends string>(names: readonly Name[]): Name {
    return names.find((one) => one === this.value) ?? this.refuse(names.join(' or '));
  }

  /** @throws StarlingError */
  refuse(expected: string): never {
    throw unexpectedValue(this.source, this.path, expected, this.value);
  }
}

/** The error for a value of a JSON file that is not what was expected. */
export function unexpectedValue(source: JsonSource, field: string, expected: string, found: unknown): StarlingError {
  const { file, code, problem = '' } = source;
  return new StarlingError(code, `${problem}expected ${expected}, found ${shownJson(found)}`, { file, field });
}

/** The largest id that fits the Int32Array of a text. A larger one would wrap around to another id. */
export const MOST_ID = 2 ** 31 - 1;

export function isId(value: unknown): value is number {
  return typeof value === 'number' && Number.isInteger(value) && value >= 0 && value <= MOST_ID;
}
