import { harmless } from '../../contracts/errors.js';
import { openOutput } from '../../write/files/output.js';
import type { Console } from './console/console.js';

/** Prints a table to standard output, or to standard error if an output is `-`. It comes last: a closed standard output loses no file. */
export async function showTable(
  table: string,
  console: Console,
  targets: readonly (string | undefined)[],
): Promise<void> {
  if (targets.includes('-')) console.print(table, 'table');
  else await (await openOutput('-', { force: false })).write(harmless(table));
}
