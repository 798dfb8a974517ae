import { readFileSync } from 'node:fs';
import { StarlingError } from '../contracts/errors.js';

const MEBIBYTE = 2 ** 20;

/**
 * Bytes of address space that a worker thread needs: V8's reservation for code, and 192 MiB for stack, heap and the model's library. If V8
 * cannot get them, it aborts the whole process. With 64 MiB instead of 192 it still did.
 */
const WORKER = ((process.arch === 'x64' ? 512 : 128) + 192) * MEBIBYTE;

const LIMIT = /^Max address space\s+(\d+)/m;
const IN_USE = /^VmSize:\s+(\d+) kB/m;

/**
 * Refuses a worker that would abort the process under `ulimit -v`. Only Linux reports the limit; other systems are not checked.
 * @param promised bytes of address space in use once all workers that are starting are online
 * @returns `promised` with this worker included
 * @throws StarlingError E_RESOURCES
 */
export function roomForWorker(promised: number): number {
  const limit = numberIn('/proc/self/limits', LIMIT);
  const inUse = numberIn('/proc/self/status', IN_USE);
  if (limit === undefined || inUse === undefined) return promised;
  const used = Math.max(promised, inUse * 1024);
  const room = Math.max(0, limit - used);
  if (room >= WORKER) return used + WORKER;
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
