import { StarlingError } from '../../contracts/errors.js';
import type { Unfinished } from '../../write/files/output.js';
import { ClosedPipe } from '../../write/files/write-all.js';
import { tell } from './tell.js';

/**
 * Finishes the output after `work`; when `work` fails, what was written is kept where it is, and told.
 * That somebody closed standard output is no failure, unless a file that was asked for stays incomplete by it.
 * @param work given what stops it: `interrupted`, or that the output is no longer where it was made
 */
export async function writing<To extends Unfinished, Result>(
  output: To,
  interrupted: AbortSignal,
  work: (output: To, interrupted: AbortSignal) => Promise<Result>,
): Promise<Result> {
  try {
    const { lost } = output;
    const result = await work(output, lost === undefined ? interrupted : AbortSignal.any([interrupted, lost]));
    await output.finish();
    return result;
  } catch (error) {
    const kept = await output.abandon();
    if (kept !== undefined) tell(`what was written so far is kept in ${kept}`);
    if (!(error instanceof ClosedPipe) || output.file === undefined) throw error;
    throw new StarlingError('E_WRITE', 'standard output was closed before this was complete', { file: output.file });
  }
}

/** `writing` where there is something to write to. */
export async function writingIf<Result>(
  output: Unfinished | undefined,
  interrupted: AbortSignal,
  work: (interrupted: AbortSignal) => Promise<Result>,
): Promise<Result> {
  if (output === undefined) return work(interrupted);
  return writing(output, interrupted, (_, stopped) => work(stopped));
}
