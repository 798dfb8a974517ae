import { harmless } from '../../contracts/errors.js';
import { openOutput } from '../../write/files/output.js';
import type { ConsoleSettings } from './settings.js';

/** A table goes to standard output unless data does, to `-`. It comes last, so a closed standard output loses no file. */
export async function showTable(
  table: string,
  { quiet }: ConsoleSettings,
  targets: readonly (string | undefined)[],
): Promise<void> {
  const shown = harmless(table);
  if (!targets.includes('-')) await (await openOutput('-', { force: false })).write(shown);
  else if (!quiet) process.stderr.write(shown);
}
