import { inspect } from 'node:util';
import { harmless, messageOf, StarlingError } from '../../contracts/errors.js';
import { ClosedPipe } from '../../write/files/write-all.js';
import { asShortage } from './shortage.js';
import { tell } from './tell.js';

/** Environment variable that shows the stack of an unexpected error. */
const TRACE = 'STARLING_RM_TRACE';

/** Runs `work`, tells why it failed if it did, and gives the exit code, as docs/reliability.md lists them. */
export async function exitCode(work: () => Promise<unknown>): Promise<number> {
  // A standard error that was closed must not end the data.
  process.stderr.on('error', () => {});
  try {
    await work();
    return 0;
  } catch (thrown) {
    const error = firstError(thrown);
    if (error instanceof ClosedPipe) return 0;
    const told = asShortage(error) ?? (error instanceof StarlingError ? error : unforeseen(error));
    tell(String(told));
    return told.exitCode;
  }
}

/** Where closing something failed after an error, that error: it says why the run failed. */
function firstError(error: unknown): unknown {
  const isSecond = error instanceof Error && error.name === 'SuppressedError' && 'suppressed' in error;
  return isSecond ? firstError(error.suppressed) : error;
}

function unforeseen(error: unknown): StarlingError {
  if (process.env[TRACE]) process.stderr.write(`${harmless(inspect(error))}\n`);
  const what = messageOf(error);
  return new StarlingError('E_INTERNAL', `${what}. This is a defect of starling-rm; ${TRACE}=1 shows where`, {}, error);
}
