import { readFileSync } from 'node:fs';
import { StarlingError } from '../../contracts/errors.js';

const MEBIBYTE = 2 ** 20;

/**
 * What V8 reserves of the address space for the code of a worker thread, and what its stack and heap begin with; where it cannot, it
 * aborts the whole process. With 526 MiB left it did, with 623 not.
 */
const WORKER = ((process.arch === 'x64' ? 512 : 128) + 64) * MEBIBYTE;

const LIMIT = /^Max address space\s+(\d+)/m;
const IN_USE = /^VmSize:\s+(\d+) kB/m;

/** Refuses what would abort the process under `ulimit -v`, where Linux says how much there is. @throws StarlingError E_RESOURCES */
export function checkRoomForWorker(): void {
  const limit = numberIn('/proc/self/limits', LIMIT);
  const inUse = numberIn('/proc/self/status', IN_USE);
  if (limit === undefined || inUse === undefined) return;
  const room = limit - inUse * 1024;
  if (room >= WORKER) return;
  const found = `a worker needs ${WORKER / MEBIBYTE} MiB of address space to start, and ${Math.floor(room / MEBIBYTE)} MiB are left`;
  throw new StarlingError('E_RESOURCES', `${found} under its limit; raise it (ulimit -v), or start fewer --workers`);
}

function numberIn(file: string, pattern: RegExp): number | undefined {
  try {
    const found = pattern.exec(readFileSync(file, 'utf8'));
    return found === null ? undefined : Number(found[1]);
  } catch {
    return undefined;
  }
}
