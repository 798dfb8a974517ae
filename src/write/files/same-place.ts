import { fstat, type Stats, stat } from 'node:fs';
import { realpath } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { StarlingError } from '../../contracts/errors.js';
import { lockOf, partialOf } from './new-file.js';
import { descriptorOf } from './target.js';

/** An output, and the flag that names it. */
export interface Destination {
  flag: string;
  /** `undefined` if the flag is not given, so that nothing is written. */
  target: string | undefined;
}

/** The name of standard input; other inputs are named by their path. */
const STDIN_NAME = '<stdin>';
const STDIN = 0;

/**
 * Refuses two destinations that are the same place, and a destination that is also an input. Links, different paths and redirections by
 * the shell are resolved first. A file's place includes FILE.partial, which is written first.
 * @throws StarlingError E_USAGE
 */
export async function refuseSamePlace(
  destinations: readonly Destination[],
  inputs: readonly { name: string; path?: string }[],
): Promise<void> {
  const read = new Set((await Promise.all(inputs.map(placeOfInput))).flat());
  const written = new Map<string, string>();
  for (const { flag, target } of destinations) {
    if (target === undefined) continue;
    for (const place of await placesOfOutput(target)) {
      const other = read.has(place) ? 'an input' : written.get(place);
      if (other !== undefined && other !== flag) {
        const problem = `${flag} and ${other} are the same place; write to another one`;
        throw new StarlingError('E_USAGE', problem, { file: target });
      }
      written.set(place, flag);
    }
  }
}

/** Only files count: a socket may be both read and written. */
async function placeOfInput({ name, path = name }: { name: string; path?: string }): Promise<string[]> {
  const stats = name === STDIN_NAME ? await descriptorStats(STDIN) : await pathStats(path);
  return stats?.isFile() ? inode(stats) : [];
}

async function placesOfOutput(target: string): Promise<string[]> {
  const fd = descriptorOf(target);
  if (fd !== undefined) return [`descriptor ${fd}`, ...inode(await descriptorStats(fd))];
  const stats = await pathStats(target);
  if (stats && !stats.isFile()) return inode(stats);
  const path = await realPath(target);
  const partial = partialOf(path);
  return [stats ? inode(stats) : path, inode(await pathStats(partial)), partial, lockOf(path)].flat();
}

/** Devices never clash: /dev/null takes everything. */
function inode(stats: Stats | undefined): string[] {
  return stats === undefined || stats.isCharacterDevice() ? [] : [`inode ${stats.dev} ${stats.ino}`];
}

/** The real path of a file that need not exist. */
async function realPath(path: string): Promise<string> {
  return realpath(path).catch(async () => {
    const folder = await realpath(dirname(path)).catch(() => dirname(path));
    return join(folder, basename(path));
  });
}

async function descriptorStats(fd: number): Promise<Stats | undefined> {
  return promisify(fstat)(fd).catch(() => undefined);
}

async function pathStats(path: string): Promise<Stats | undefined> {
  return promisify(stat)(path).catch(() => undefined);
}
