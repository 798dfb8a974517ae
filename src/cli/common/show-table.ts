import { harmless } from '../../contracts/errors.js';
import { openOutput } from '../../write/files/output.js';
import type { Console } from './console/console.js';

/** A table goes to standard output unless data does, to `-`. It comes last: whoever closed that loses no file by it. */
export async function showTable(
  table: string,
  console: Console,
  targets: readonly (string | undefined)[],
): Promise<void> {
  if (targets.includes('-')) console.print(table, 'table');
  else await (await openOutput('-', { force: false })).write(harmless(table));
}
