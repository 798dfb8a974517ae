import { RowError } from './errors.js';
import type { Row } from './row.js';

/** An error of a row, or of its ranking, with its place, record and id added, unless it has them already. Any other error is returned unchanged. */
export function located(error: unknown, { place, record, id }: Pick<Row, 'place' | 'record' | 'id'>): unknown {
  if (!(error instanceof RowError) || error.refused !== undefined) return error;
  const placed = new RowError(error.code, error.message, { ...place, ...error.place }, error);
  placed.refused = { record };
  if (id !== undefined) placed.id = id;
  return placed;
}
