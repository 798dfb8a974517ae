import { type Place, StarlingError } from '../../contracts/errors.js';
import { nearestFirst } from '../../contracts/nearest.js';
import { isObject, type JsonObject } from '../../json/json-object.js';

/** Maximum numbers of field names that are remembered, and that an error lists. */
const MOST_KEPT = 200;
const MOST_SHOWN = 8;
const LONGEST_SHOWN = 40;
/** Maximum number of dots in a remembered name. */
const MOST_DOTS = 2;

/**
 * Checks that at least one record has the field that a flag names. Otherwise a mistyped name would look like data without values.
 */
export class FieldWatch {
  readonly name: string;
  readonly #flag: string;
  readonly #seen = new Set<string>();
  #records = 0;
  #isFound = false;

  constructor(flag: string, name: string) {
    this.#flag = flag;
    this.name = name;
  }

  /** @param parts objects of one record that may have the field */
  add(parts: readonly JsonObject[], isFound: boolean): void {
    this.#records++;
    this.#isFound ||= isFound;
    if (this.#isFound || this.#seen.size >= MOST_KEPT) return;
    for (const part of parts) this.#remember(part, '', 0);
  }

  /** Whether there were records but none had the field. */
  get isMissing(): boolean {
    return this.#records > 0 && !this.#isFound;
  }

  /**
   * @param remedy a further remedy for the message
   * @throws StarlingError E_USAGE if the field is missing
   */
  check(place: Place = {}, remedy?: string): void {
    if (!this.isMissing) return;
    const problem = `no row has the field ${shown(this.name)}, which ${this.#flag} names`;
    const message = [problem, this.#namesText(), ...(remedy === undefined ? [] : [remedy])].join('; ');
    throw new StarlingError('E_USAGE', message, place);
  }

  #namesText(): string {
    if (this.#seen.size === 0) return 'rows here have no fields';
    const names = nearestFirst(this.name, [...this.#seen]);
    const more = names.length > MOST_SHOWN ? ` and ${names.length - MOST_SHOWN} more` : '';
    return `rows here have ${names.slice(0, MOST_SHOWN).map(shown).join(', ')}${more}`;
  }

  #remember(record: JsonObject, path: string, dots: number): void {
    for (const [name, value] of Object.entries(record)) {
      if (this.#seen.size >= MOST_KEPT) return;
      this.#seen.add(`${path}${name}`);
      if (dots < MOST_DOTS && isObject(value)) this.#remember(value, `${path}${name}.`, dots + 1);
    }
  }
}

/** A name for a message, shortened if it is long. */
function shown(name: string): string {
  return name.length > LONGEST_SHOWN ? `${name.slice(0, LONGEST_SHOWN)}…` : name;
}
