import { jsonText } from '../../json/json-text.js';
import { type KnownType, type Seen, type SettledType, settled, widened } from './column-type.js';
import type { ColumnarRow } from './columnar-row.js';
import { columnError } from './columnar-row.js';
import { isOwn, OWN_COLUMNS, type TableColumn } from './columns.js';

const MOST_COLUMNS = 1000;

/** Types of the kept columns, by name. */
export type SettledTypes = ReadonlyMap<string, SettledType | 'json'>;

/** Learns the names and types of the kept columns row by row. It holds no values. */
export class KeptColumns {
  readonly #types = new Map<string, KnownType>();
  /** Names by their lower-case form. */
  readonly #spellings = new Map<string, string>();

  /** @throws RowError E_FIELD for a name that differs from an earlier one only in case, or a 1,001st; nothing of the row is then learnt */
  add(row: ColumnarRow): void {
    const kept = keptEntries(row);
    this.#learnNames(
      kept.map(([name]) => name),
      row.index,
    );
    for (const [name, value] of kept) this.#types.set(name, widened(this.#types.get(name) ?? 'nothing', value));
  }

  settled(seen: Seen): SettledTypes {
    return new Map([...this.#types].map(([name, type]) => [name, settled(type, seen)]));
  }

  #learnNames(names: readonly string[], row: number): void {
    const fresh = new Map<string, string>();
    for (const name of names) {
      const folded = name.toLowerCase();
      const spelling = this.#spellings.get(folded) ?? fresh.get(folded) ?? name;
      if (spelling !== name)
        throw columnError(`column names must differ in more than case, found ${spelling} before`, name, row);
      if (!this.#spellings.has(folded)) fresh.set(folded, name);
    }
    const [first] = fresh.values();
    if (this.#spellings.size + fresh.size > MOST_COLUMNS) {
      throw columnError(`the rows have more than ${MOST_COLUMNS} different fields`, first, row);
    }
    for (const [folded, name] of fresh) this.#spellings.set(folded, name);
  }
}

export function keptEntries({ values }: ColumnarRow): [name: string, value: unknown][] {
  return Object.entries(values).filter(([name]) => !isOwn(name));
}

/** All columns: a ranking's own, then the kept ones. */
export function columnsOf(kept: SettledTypes): TableColumn[] {
  const columns = [...kept].map(([name, type]): TableColumn => {
    return type === 'json' ? { name, type: 'string', json: true } : { name, type, json: false };
  });
  return [...OWN_COLUMNS, ...columns];
}

/** The value of each column, in their order. */
export function cellsOf(columns: readonly TableColumn[], values: Readonly<Record<string, unknown>>): unknown[] {
  return columns.map(({ name, json }) => {
    const value = Object.hasOwn(values, name) ? values[name] : null;
    return json && value !== null && value !== undefined ? jsonText(value) : value;
  });
}
