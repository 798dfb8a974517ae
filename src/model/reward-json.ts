import { StarlingError } from '../contracts/errors.js';
import { shownJson } from '../json/json-text.js';

/** Fields of reward.json, checked where they are read. */
export class RewardFile {
  readonly file: string;
  readonly #content: unknown;
  readonly #within: string;

  /** @param within before the name of a field, to say where it is */
  constructor(file: string, content: unknown, within = '') {
    this.file = file;
    this.#content = content;
    this.#within = within;
  }

  value(field: string): unknown {
    return isObject(this.#content) ? this.#content[field] : undefined;
  }

  text(field: string): string {
    const value = this.value(field);
    return typeof value === 'string' ? value : this.#refuse(field, 'a string');
  }

  oneOf<Value extends string>(field: string, values: readonly Value[]): Value {
    const value = this.value(field);
    return values.find((one) => one === value) ?? this.#refuse(field, values.join(' or '));
  }

  /** There is one way as yet, and another must not be taken for it. */
  only(field: string, value: string): void {
    if (this.value(field) !== value) this.#refuse(field, JSON.stringify(value));
  }

  flag(field: string): boolean {
    const value = this.value(field);
    return typeof value === 'boolean' ? value : this.#refuse(field, 'true or false');
  }

  count(field: string, { least = 1, most = Number.MAX_SAFE_INTEGER } = {}): number {
    const value = this.value(field);
    if (typeof value === 'number' && Number.isInteger(value) && value >= least && value <= most) return value;
    return this.#refuse(field, `a whole number from ${least} to ${most}`);
  }

  /** The fields of the object that a field holds. */
  within(field: string): RewardFile {
    return new RewardFile(this.file, this.object(field), `${this.#within}${field}.`);
  }

  object(field: string): Record<string, unknown> {
    const value = this.value(field);
    return isObject(value) ? value : this.#refuse(field, 'an object');
  }

  #refuse(field: string, expected: string): never {
    throw new StarlingError('E_MODEL', `expected ${expected}, found ${shownJson(this.value(field))}`, {
      file: this.file,
      field: this.#within + field,
    });
  }
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
