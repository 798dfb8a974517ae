import { type Place, placeText, RowError, StarlingError } from '../../contracts/errors.js';
import { nearestFirst } from '../../contracts/nearest.js';
import { jsonText } from '../../json/json-text.js';
import { recordIn } from '../records/json/json-line.js';
import { nameOf } from '../records/json/json-value.js';
import type { RawRecord } from '../records/raw-record.js';
import { at } from '../shapes/names.js';
import { Group, type Part } from './group.js';
import type { GroupFields } from './group-fields.js';
import type { GroupOptions } from './group-options.js';
import { SeenGroups } from './seen-groups.js';

const MOST_SHOWN = 8;
/** Characters of a key in a message. */
const MOST_OF_KEY = 60;

/** A row of a long table with the key of its group, or the error of one that cannot be read. */
export type Member = ({ key: string } & Part) | RowError;

/**
 * Reads a row of a long table.
 * @returns a RowError for one that cannot be read or has no key
 */
export function memberOf(raw: RawRecord, file: string, { by }: GroupOptions): Member {
  const place = { file, ...raw.place };
  const ofRow = { ...place, row: raw.position };
  try {
    const record = recordIn(raw.value(ofRow), ofRow);
    const found = at(record, by);
    if (found !== undefined && found !== null) return { key: jsonText(found), record, place };
    const there = nearestFirst(by, Object.keys(record)).slice(0, MOST_SHOWN).join(', ');
    const message = `found ${nameOf(found)}, expected the name of the group, which --group-by says is here; the row has ${there}`;
    throw new RowError('E_FIELD', message, { ...place, field: by });
  } catch (error) {
    if (!(error instanceof RowError)) throw error;
    error.refused = raw.refused();
    return error;
  }
}

/**
 * Gathers the adjacent rows of each group. A row that cannot be read spoils the group that it stands in; between two groups it spoils both,
 * as it may be an answer of either.
 */
export class AdjacentGroups {
  readonly #fields: GroupFields;
  readonly #seen = new SeenGroups();
  #open: Group | undefined;
  /** The error of a row since the last one that could be read. */
  #error: RowError | undefined;

  constructor(fields: GroupFields) {
    this.#fields = fields;
  }

  /**
   * Adds the next row.
   * @returns the group before it, if that ends here
   * @throws StarlingError E_USAGE if the group was there before, as its ranking is written already
   */
  add(member: Member): Group | undefined {
    if (member instanceof RowError) {
      this.#open?.spoil(member);
      this.#error = member;
      return undefined;
    }
    const error = this.#error;
    this.#error = undefined;
    if (member.key === this.#open?.key) {
      this.#open.add(member);
      return undefined;
    }
    const before = this.#seen.add(member.key, member.place);
    if (before !== undefined) throw again(member, before, this.#fields.options);
    const ended = this.#open;
    this.#open = new Group(member.key, this.#fields);
    this.#open.add(member);
    if (error !== undefined) this.#open.spoil(error);
    return ended;
  }

  /** The last group. Rows of which none could be read are one group without answers. */
  end(): Group | undefined {
    if (this.#open !== undefined || this.#error === undefined) return this.#open;
    const group = new Group('', this.#fields);
    group.spoil(this.#error);
    return group;
  }
}

function again({ key, place }: { key: string } & Part, before: Place, { by }: GroupOptions): StarlingError {
  const { file, ...where } = before;
  const first = placeText({ ...(file !== place.file && { file }), ...where });
  const shown = key.length > MOST_OF_KEY ? `${key.slice(0, MOST_OF_KEY)}…` : key;
  const message = `the group ${shown} was at ${first} before and appears again, but its ranking is made already; sort the table by ${by}, or gather the groups on the disk first with --unsorted`;
  const { row: _, ...at } = place;
  return new StarlingError('E_USAGE', message, { ...at, field: by });
}
