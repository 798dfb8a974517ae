import { chmod, lstat, mkdir, mkdtemp, readdir, realpath, rename, rm } from 'node:fs/promises';
import { basename, dirname, join, resolve } from 'node:path';
import { StarlingError } from '../contracts/errors.js';
import { CHAT_TEMPLATE_FILE, COMMON_FILES } from '../model/files.js';

/** Keeps other conversions out of a folder. */
export interface FolderLock {
  release(): Promise<void>;
}

/** What a draft may hold: a folder with anything else is somebody's, whatever it is called. */
const DRAFTED: ReadonlySet<string> = new Set([...COMMON_FILES, CHAT_TEMPLATE_FILE, 'onnx', 'reward.json']);
const DRAFTED_GRAPH = /^model(_\w+)?\.onnx(_data(_\d+)?)?$/;

/**
 * Lets `fill` write into a draft beside `folder` and name what it wrote, then moves that into place: a new folder at once, else file by
 * file in the order of the names. Nothing is left where `fill` fails; what a process that was killed left is removed by the next.
 * @param lock keeps others out until all is in place; without it what others left is not touched, since it may be in use
 * @throws StarlingError E_WRITE, and what `fill` and `lock` throw
 */
export async function replaceFolder(
  folder: string,
  lock: ((path: string) => Promise<FolderLock>) | undefined,
  fill: (draft: string) => Promise<string[]>,
): Promise<void> {
  try {
    const target = await endOfLinks(folder);
    const held = await lock?.(`${target}.lock`);
    try {
      if (held) await removeLeftOvers(target);
      await drafted(target, fill);
    } finally {
      await held?.release();
    }
  } catch (cause) {
    if (cause instanceof StarlingError) throw cause;
    const problem = `the model folder could not be written: ${(cause as Error).message}`;
    throw new StarlingError('E_WRITE', problem, { file: folder }, cause);
  }
}

/** One folder has one lock, by whatever name it is called, and its draft lies on its own file system. */
async function endOfLinks(folder: string): Promise<string> {
  const target = resolve(folder);
  await mkdir(dirname(target), { recursive: true });
  const named = join(await realpath(dirname(target)), basename(target));
  return (await isThere(named)) ? realpath(named) : named;
}

async function drafted(target: string, fill: (draft: string) => Promise<string[]>): Promise<void> {
  const draft = await mkdtemp(`${target}.partial-`);
  try {
    const names = await fill(draft);
    if (await isThere(target)) await moveInto(draft, target, names);
    else {
      // Such a folder is made for its owner alone.
      await chmod(draft, 0o777 & ~process.umask());
      await rename(draft, target);
    }
  } finally {
    await rm(draft, { recursive: true, force: true });
  }
}

async function moveInto(draft: string, target: string, names: readonly string[]): Promise<void> {
  for (const name of names) {
    await mkdir(dirname(join(target, name)), { recursive: true });
    await rename(join(draft, name), join(target, name));
  }
}

/** While the lock is held no other conversion has a draft. */
async function removeLeftOvers(target: string): Promise<void> {
  const begin = `${basename(target)}.partial-`;
  for (const name of await readdir(dirname(target))) {
    const left = join(dirname(target), name);
    if (name.startsWith(begin) && /^\w{6}$/.test(name.slice(begin.length)) && (await isDraft(left)))
      await rm(left, { recursive: true, force: true });
  }
}

async function isDraft(path: string): Promise<boolean> {
  if (!(await lstat(path)).isDirectory()) return false;
  const names = await readdir(path);
  const graphs = names.includes('onnx') ? await readdir(join(path, 'onnx')) : [];
  return names.every((name) => DRAFTED.has(name)) && graphs.every((name) => DRAFTED_GRAPH.test(name));
}

async function isThere(path: string): Promise<boolean> {
  return (await lstat(path).catch(() => undefined)) !== undefined;
}
