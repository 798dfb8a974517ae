import { StarlingError } from '../contracts/errors.js';
import { shownJson } from './json-text.js';

/** No tokenizer nests its parts deeper; what is made of them goes down step by step. */
const MOST_DEPTH = 100;

/** A value in a JSON file of the model that knows its path, so that a refusal says where. */
export class JsonNode {
  readonly file: string;
  readonly path: string;
  readonly value: unknown;

  readonly #depth: number;

  /** @throws StarlingError E_MODEL when it is nested too deep */
  constructor(file: string, path: string, value: unknown, depth = 0) {
    this.file = file;
    this.path = path;
    this.value = value;
    this.#depth = depth;
    if (depth > MOST_DEPTH) this.refuse(`no more than ${MOST_DEPTH} levels`);
  }

  /** `null` counts as absent, as in the files of HF tokenizers. */
  get absent(): boolean {
    return this.value === undefined || this.value === null;
  }

  /** The value under a key; absent if this has no such key, or is no object. */
  at(key: string): JsonNode {
    const value = isObject(this.value) ? this.value[key] : undefined;
    return new JsonNode(this.file, this.path ? `${this.path}.${key}` : key, value, this.#depth + 1);
  }

  object(): Record<string, unknown> {
    return isObject(this.value) ? this.value : this.refuse('an object');
  }

  /** The items of a list; none if it is absent. */
  items(): JsonNode[] {
    return this.list().map((_, i) => this.item(i));
  }

  /** The same as plain values, for long lists. */
  list(): readonly unknown[] {
    if (this.absent) return [];
    return Array.isArray(this.value) ? this.value : this.refuse('a list');
  }

  /** The item at a place of the list; absent if there is none. */
  item(place: number): JsonNode {
    return new JsonNode(this.file, `${this.path}[${place}]`, this.list()[place], this.#depth + 1);
  }

  text(): string {
    return typeof this.value === 'string' ? this.value : this.refuse('a string');
  }

  count(): number {
    const { value } = this;
    return typeof value === 'number' && Number.isInteger(value) && value >= 0 ? value : this.refuse('a whole number');
  }

  /** Of a token, as the ids of a text are held. */
  id(): number {
    return isId(this.value) ? this.value : this.refuse(`an id from 0 to ${MOST_ID}`);
  }

  number(): number {
    return typeof this.value === 'number' ? this.value : this.refuse('a number');
  }

  flag(ifAbsent: boolean): boolean {
    if (this.absent) return ifAbsent;
    return typeof this.value === 'boolean' ? this.value : this.refuse('true or false');
  }

  /** Refuses every value but these. */
  oneOf(values: readonly unknown[]): void {
    if (!values.includes(this.value))
      this.refuse(values.map((value) => JSON.stringify(value) ?? 'nothing').join(' or '));
  }

  /** @throws StarlingError E_MODEL */
  refuse(expected: string): never {
    const problem = `this tokenizer cannot be used: expected ${expected}, found ${shownJson(this.value)}`;
    throw new StarlingError('E_MODEL', problem, { file: this.file, field: this.path });
  }
}

/** What 32 bits hold: a larger one would be another. */
export const MOST_ID = 2 ** 31 - 1;

export function isId(value: unknown): value is number {
  return typeof value === 'number' && Number.isInteger(value) && value >= 0 && value <= MOST_ID;
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
