import type { Place } from '../../contracts/errors.js';

/** The place of a record: the file, the line from 1, and the row from 0 over all inputs. */
export type RowPlace = Place & { row: number };

/** Stands for a record that is not read: an earlier run used it, or another shard does. */
export class DoneRow {
  /** Position in the whole input, from 0. */
  readonly index: number;

  constructor(index: number) {
    this.index = index;
  }
}
