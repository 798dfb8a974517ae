import { TextConsole } from '../../src/cli/common/console/text-console.js';
import { starlingProgram } from '../../src/cli/program.js';
import { StarlingError } from '../../src/contracts/errors.js';

/**
 * Runs a command in this process, which is many times faster than a new one. Its messages are not printed.
 * @returns the error that ends it; `undefined` if it has succeeded
 */
export async function inProcess(...words: string[]): Promise<StarlingError | undefined> {
  const program = starlingProgram('0.0.0', () => {}, new TextConsole({ quiet: true, progress: false }));
  try {
    await program.parseAsync(['node', 'starling-rm', ...words, '--quiet']);
    return undefined;
  } catch (error) {
    if (error instanceof StarlingError) return error;
    throw error;
  }
}
