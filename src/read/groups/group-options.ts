import type { FieldNames } from '../shapes/names.js';

/** How the rows of a long table, which has a row for each answer, become rows of several answers. */
export interface GroupOptions {
  /** The field whose value the answers of one row share. */
  by: string;
  /** Whether the rows of a group may stand anywhere: they are gathered on the disk before the first row is used. */
  unsorted: boolean;
  /** Most answers of a row. */
  most: number;
  names: FieldNames;
}
