import { harmless } from '../../contracts/errors.js';
import { openOutput } from '../../write/files/output.js';
import type { Console } from './console/console.js';

/** A table goes to standard output unless data does, to `-`. It comes last, so a closed standard output loses no file. */
export async function showTable(
  table: string,
  console: Console,
  targets: readonly (string | undefined)[],
): Promise<void> {
  if (targets.includes('-')) console.print(table, 'table');
  else await (await openOutput('-', { force: false })).write(harmless(table));
}
