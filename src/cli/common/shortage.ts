import { existsSync } from 'node:fs';
import { dirname, isAbsolute } from 'node:path';
import { messageOf, RowError, StarlingError } from '../../contracts/errors.js';

/** A resource that the machine or a limit lacked, and the remedy. */
interface Shortage {
  code: RegExp;
  text: RegExp;
  remedy: string;
}

/** Matched by the code of Node's errors, or by the message of the libraries, whose errors have no code. */
const SHORTAGES: readonly Shortage[] = [
  {
    code: /^EMFILE$/,
    text: /^EMFILE: |too many open files(?! in system)/i,
    remedy: 'this process may not open more files; raise its limit, as by ulimit -n 1024, and run it again',
  },
  {
    code: /^ENFILE$/,
    text: /too many open files in system|file table overflow/i,
    remedy: 'this machine has no more open files to give; end other programs and run it again',
  },
  {
    code: /^(ENOMEM|ERR_WORKER_OUT_OF_MEMORY|ERR_MEMORY_ALLOCATION_FAILED)$/,
    text: /bad_alloc|out of memory|cannot allocate memory|allocation failed|could not allocate|failed to (allocate|map segment)/i,
    remedy:
      'there was not enough memory; raise its limit (ulimit -v, that of the container or job), or take less with --workers 1, --dtype q4 or a smaller --max-length',
  },
];

/** Codes whose message may report a shortage. A fault in a row is not the machine's, but a runtime error about a row may be. */
const MAY_BE_SHORT: ReadonlySet<string> = new Set(['E_ENGINE', 'E_READ', 'E_WRITE', 'E_INTERNAL']);

/** The error with the shortage that caused it; `undefined` if no shortage did. */
export function asShortage(error: unknown): StarlingError | undefined {
  if (error instanceof StarlingError && error.code === 'E_RESOURCES') return error;
  if (isModuleThere(error)) return asShortage(new Error('EMFILE: a file of the program could not be opened'));
  const chain = causes(error);
  const found = SHORTAGES.find((shortage) => chain.some((cause) => isOf(cause, shortage)));
  if (found === undefined) return undefined;
  const place = error instanceof StarlingError ? error.place : {};
  return new StarlingError('E_RESOURCES', `${messageOf(error)}; ${found.remedy}`, place, error);
}

function isOf(cause: unknown, { code, text }: Shortage): boolean {
  if (cause instanceof StarlingError) return MAY_BE_SHORT.has(cause.code) && text.test(cause.message);
  return code.test(`${(cause as NodeJS.ErrnoException).code}`) || text.test(messageOf(cause));
}

/** For a module that it may not open, Node reports that it cannot find it. */
function isModuleThere(error: unknown): boolean {
  if ((error as NodeJS.ErrnoException | undefined)?.code !== 'ERR_MODULE_NOT_FOUND') return false;
  const [, kind, path = ''] = /^Cannot find (module|package) '([^']+)'/.exec(messageOf(error)) ?? [];
  // For a package whose package.json cannot be opened, Node names the default entry file instead, so its folder is checked.
  return isAbsolute(path) && existsSync(kind === 'package' ? dirname(path) : path);
}

/** The error and its causes, without those of refused rows, whose message may quote the row. */
function causes(error: unknown): unknown[] {
  if (error === undefined || error === null) return [];
  if (error instanceof RowError && !MAY_BE_SHORT.has(error.code)) return [];
  return [error, ...causes((error as Error).cause)];
}
