import { tell } from './tell.js';

interface Table {
  by: string;
  slices: readonly { value: string | null }[];
}

/**
 * Tells of fields of `--by` that no row has: a mistyped one would look like a finding.
 * @param scored whether rankings were read, which may have been written without the fields of their rows
 */
export function tellUnknownFields(tables: readonly Table[], scored: boolean): void {
  const unknown = tables.filter(({ slices }) => slices.length > 0 && slices.every(({ value }) => value === null));
  const remedy = scored ? '; score --keep writes rankings with the fields of their rows' : '';
  for (const { by } of unknown) tell(`no row has ${by}, which --by names${remedy}`);
}
