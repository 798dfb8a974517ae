import { inspect } from 'node:util';
import { messageOf, StarlingError } from '../../contracts/errors.js';
import { ClosedPipe } from '../../write/files/write-all.js';
import type { Console } from './console/console.js';
import { asShortage } from './shortage.js';

/** Environment variable that turns on the stack trace of an unexpected error. */
const TRACE = 'STARLING_RM_TRACE';

/** Runs `work`, reports its failure, and returns the exit code. docs/reliability.md lists the codes. */
export async function exitCode(work: () => Promise<unknown>, console: Console): Promise<number> {
  // A closed standard error must not end the output of data.
  process.stderr.on('error', () => {});
  const code = await exitCodeOf(work, console);
  console.end(code);
  return code;
}

async function exitCodeOf(work: () => Promise<unknown>, console: Console): Promise<number> {
  try {
    await work();
    return 0;
  } catch (thrown) {
    const error = firstError(thrown);
    if (error instanceof ClosedPipe) return 0;
    const told = asShortage(error) ?? (error instanceof StarlingError ? error : unforeseen(error, console));
    console.fail(told);
    return told.exitCode;
  }
}

/** The original error, if closing something failed after it: it says why the run failed. */
function firstError(error: unknown): unknown {
  const isSecond = error instanceof Error && error.name === 'SuppressedError' && 'suppressed' in error;
  return isSecond ? firstError(error.suppressed) : error;
}

function unforeseen(error: unknown, console: Console): StarlingError {
  if (process.env[TRACE]) console.print(`${inspect(error)}\n`, 'trace');
  const what = messageOf(error);
  return new StarlingError('E_INTERNAL', `${what}. This is a defect of starling-rm; ${TRACE}=1 shows where`, {}, error);
}
