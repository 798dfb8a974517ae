import { fstat, type Stats, stat } from 'node:fs';
import { realpath } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { StarlingError } from '../../contracts/errors.js';
import { lockOf, partialOf } from './new-file.js';
import { descriptorOf } from './target.js';

/** Where something is written, and the flag that says so. */
export interface Destination {
  flag: string;
  /** `undefined` if the flag is not given and nothing is written. */
  target: string | undefined;
}

/** Inputs are named by their path; standard input by this. */
const STDIN_NAME = '<stdin>';
const STDIN = 0;

/**
 * Refuses two destinations that are one place, and a destination that is also an input, however they are spelt: by links, by other
 * paths, by redirection of the shell. A file's place includes FILE.partial, which is written first.
 * @throws StarlingError E_USAGE
 */
export async function refuseSamePlace(
  destinations: readonly Destination[],
  inputs: readonly { name: string }[],
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

/** Only files: one end of a socket is read and written. */
async function placeOfInput({ name }: { name: string }): Promise<string[]> {
  const stats = name === STDIN_NAME ? await descriptorStats(STDIN) : await pathStats(name);
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

/** Devices take whatever comes: /dev/null is no clash. */
function inode(stats: Stats | undefined): string[] {
  return stats === undefined || stats.isCharacterDevice() ? [] : [`inode ${stats.dev} ${stats.ino}`];
}

/** Of a file that need not be there. */
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
