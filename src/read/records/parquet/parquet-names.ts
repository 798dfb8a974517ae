import type { Database, DuckDbName } from '../../../tables/duckdb.js';
import { refuseRepeated } from '../field-names.js';

/** An element of a Parquet schema, which lists the elements inside of another one behind it. */
interface Element {
  name: string;
  isRepeated: boolean;
  children: number;
  /** What the group stands for, as LIST. */
  converted: string;
  /** Digits, of a decimal. */
  precision: number;
}

/** DuckDB reads a decimal of more digits as another number, without a word. */
const MOST_DIGITS = 38;

/** A decimal of more digits than are read rightly. `message` says what to do. */
export class WideDecimal extends Error {
  /** The column that it is in. */
  readonly field: string;

  constructor(field: string, precision: number) {
    super(
      `a decimal of ${precision} digits is not read; cast it to one of at most ${MOST_DIGITS}, to double or to text, and write the file again`,
    );
    this.name = 'WideDecimal';
    this.field = field;
  }
}

/**
 * The columns of a Parquet file as it calls them, where DuckDB calls some of them otherwise; else `undefined`.
 * @param file as it stands in SQL
 * @throws RepeatedName, WideDecimal
 */
export async function parquetNames(database: Database, file: string): Promise<readonly DuckDbName[] | undefined> {
  const elements: Element[] = [];
  const sql = `SELECT name, repetition_type, num_children, converted_type, precision FROM parquet_schema(${file})`;
  for await (const { rows } of database.stream(sql)) {
    for (const [name, repetition, children, converted, precision] of rows) {
      elements.push({
        name: String(name),
        isRepeated: repetition === 'REPEATED',
        children: Number(children ?? 0),
        converted: String(converted),
        precision: Number(precision ?? 0),
      });
    }
  }
  refuseWideDecimals(elements);
  const schema = new Schema(elements);
  return schema.isRenamed ? schema.columns : undefined;
}

/** @throws WideDecimal naming the column */
function refuseWideDecimals([, ...elements]: readonly Element[]): void {
  let column = '';
  // Elements of the column that are still to come.
  let left = 0;
  for (const { name, children, precision } of elements) {
    if (left === 0) column = name;
    left = Math.max(0, left - 1) + children;
    if (precision > MOST_DIGITS) throw new WideDecimal(column, precision);
  }
}

/** The names that differ from another one beside them only in case; SQL takes them for one. */
export function alike(names: readonly string[]): string[] {
  const lower = names.map((name) => name.toLowerCase());
  return names.filter((_, i) => lower.indexOf(lower[i]) !== lower.lastIndexOf(lower[i]));
}

/** Follows DuckDB in what becomes a list, a map and a struct, so that names can be given by position. */
class Schema {
  readonly columns: readonly DuckDbName[];
  /** Whether DuckDB gives other names: where some are alike, or where a column has none. */
  isRenamed = false;
  readonly #elements: readonly Element[];
  #next = 0;

  constructor(elements: readonly Element[]) {
    this.#elements = elements;
    this.columns = this.#read('').fields;
    if (this.columns.some(({ name }) => name === '')) this.isRenamed = true;
  }

  /** The next element, with all that is inside of it. */
  #read(parent: string): DuckDbName {
    const at = this.#next++;
    const element = this.#elements[at];
    if (element === undefined) throw new Error('its schema ends too early');
    const { name, isRepeated, children, converted } = element;
    const path = at === 0 ? '' : `${parent}${name}.`;
    const fields = Array.from({ length: children }, () => this.#read(path));
    if (this.#isEntry(at)) return { name, fields };
    const isPassedOver = fields.length === 1 && (isRepeated || converted === 'LIST' || converted === 'MAP');
    if (!isPassedOver) this.#check(fields, path);
    const value = isPassedOver ? { ...fields[0], name } : { name, fields };
    return isRepeated ? { name, fields: [value] } : value;
  }

  /** Whether an element holds the keys and values of a map, which stand for the map itself. */
  #isEntry(at: number): boolean {
    const before = this.#elements[at - 1];
    const isInMap = before?.converted === 'MAP' && before.children === 1;
    return this.#elements[at].converted === 'MAP_KEY_VALUE' || isInMap;
  }

  #check(fields: readonly DuckDbName[], path: string): void {
    const names = fields.map(({ name }) => name);
    refuseRepeated(names, path);
    if (alike(names).length > 0) this.isRenamed = true;
  }
}
