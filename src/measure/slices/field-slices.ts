import type { Ranking } from '../../contracts/ranking.js';
import { GrowingInts } from '../rows/growing.js';
import { valuesOf } from './field-values.js';
import type { RowSlices } from './row-slices.js';

/** Slices of rows by the value of a field. Values are held as numbers. */
export class FieldSlices implements RowSlices {
  readonly by: string;
  readonly values: (string | null)[] = [];
  readonly #field: string;
  readonly #numbers = new Map<string | null, number>();
  #starts = new GrowingInts();
  #slices = new GrowingInts();

  /** @param field of a ranking, if its name is not `by` */
  constructor(by: string, field = by) {
    this.by = by;
    this.#field = field;
  }

  /** Adds the next row. */
  add(ranking: Ranking): void {
    this.#starts.push(this.#slices.length);
    for (const value of valuesOf(ranking, this.#field)) this.#slices.push(this.#numberOf(value));
  }

  ofRow(row: number): Int32Array {
    const starts = this.#starts.values;
    return this.#slices.values.subarray(starts[row], starts[row + 1] ?? this.#slices.length);
  }

  /** @param places of the rows that stay, in their order */
  keep(places: Int32Array): void {
    const kept = Array.from(places, (row) => this.ofRow(row));
    this.#starts = new GrowingInts();
    const slices = new GrowingInts();
    for (const ofRow of kept) {
      this.#starts.push(slices.length);
      for (const slice of ofRow) slices.push(slice);
    }
    this.#slices = slices;
  }

  #numberOf(value: string | null): number {
    const known = this.#numbers.get(value);
    if (known !== undefined) return known;
    this.#numbers.set(value, this.values.length);
    this.values.push(value);
    return this.values.length - 1;
  }
}
