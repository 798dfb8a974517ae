import type { Database, DuckDbName } from '../../../tables/duckdb.js';
import { refuseRepeated } from '../field-names.js';

/** An element of a Parquet schema. The schema is a flat list in which an element's children follow it. */
interface Element {
  name: string;
  isRepeated: boolean;
  children: number;
  /** The converted type, such as LIST for a group. */
  converted: string;
  /** Digits of a decimal. */
  precision: number;
}

/** DuckDB silently reads a decimal with more digits as another number. */
const MOST_DIGITS = 38;

/** Thrown for a decimal with more digits than DuckDB reads correctly. `message` says what to do. */
export class WideDecimal extends Error {
  /** The column with the decimal. */
  readonly field: string;

  constructor(field: string, precision: number) {
    super(
      `a decimal of ${precision} digits is not supported; cast it to one of at most ${MOST_DIGITS}, to double or to text, and write the file again`,
    );
    this.name = 'WideDecimal';
    this.field = field;
  }
}

/**
 * The original names of a Parquet file's columns if DuckDB renames some of them, else `undefined`.
 * @param file the file as quoted for SQL
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
  // Elements of the column that remain.
  let left = 0;
  for (const { name, children, precision } of elements) {
    if (left === 0) column = name;
    left = Math.max(0, left - 1) + children;
    if (precision > MOST_DIGITS) throw new WideDecimal(column, precision);
  }
}

/** The names that differ from another one only in case. SQL takes them for the same name. */
export function alike(names: readonly string[]): string[] {
  const lower = names.map((name) => name.toLowerCase());
  return names.filter((_, i) => lower.indexOf(lower[i]) !== lower.lastIndexOf(lower[i]));
}

/** Mirrors how DuckDB maps a schema to lists, maps and structs, so that names can be replaced by position. */
class Schema {
  readonly columns: readonly DuckDbName[];
  /** Whether DuckDB renames columns or fields: some differ only in case, or a column has an empty name. */
  isRenamed = false;
  readonly #elements: readonly Element[];
  #next = 0;

  constructor(elements: readonly Element[]) {
    this.#elements = elements;
    this.columns = this.#read('').fields;
    if (this.columns.some(({ name }) => name === '')) this.isRenamed = true;
  }

  /** Reads the next element with its children. */
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

  /** Whether an element is the group of a map's keys and values. DuckDB takes it for the map itself. */
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
