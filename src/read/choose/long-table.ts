import { RowError } from '../../contracts/errors.js';
import type { Row } from '../../contracts/row.js';

/** Neighbours with one answer each and one prompt, after which rows look like answers of one row. */
const ENOUGH = 3;

/** Passes rows on, and calls `onLongTable` once if they look like those of a long table, which has a row for each answer. */
export async function* watchedForLongTable(
  rows: AsyncIterable<Row | RowError>,
  onLongTable: () => void,
): AsyncGenerator<Row | RowError> {
  let before: string | undefined;
  let count = 0;
  for await (const row of rows) {
    if (!(row instanceof RowError)) {
      const alone = row.answers.length === 1 ? row.promptId : undefined;
      if (alone !== undefined && alone === before && ++count === ENOUGH) onLongTable();
      before = alone;
    }
    yield row;
  }
}
