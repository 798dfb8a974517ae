import { chmod, lstat, mkdir, mkdtemp, readdir, realpath, rename, rm } from 'node:fs/promises';
import { basename, dirname, join, resolve } from 'node:path';
import { StarlingError } from '../contracts/errors.js';
import { CHAT_TEMPLATE_FILE, COMMON_FILES, isServedWeights } from '../model/files.js';
import { GOLDEN_FILE } from '../model/golden-file.js';

/** A lock that keeps other conversions out of a folder. */
export interface FolderLock {
  release(): Promise<void>;
}

/** The only entries of a draft. A folder that holds anything else is not a draft, even if its name looks like one. */
const DRAFTED: ReadonlySet<string> = new Set([...COMMON_FILES, CHAT_TEMPLATE_FILE, GOLDEN_FILE, 'onnx', 'reward.json']);
const DRAFTED_GRAPH = /^model(_\w+)?\.onnx(_data(_\d+)?)?$/;

/**
 * Fills a draft folder beside `folder`, then moves the draft into place. A new folder is moved with one rename. Into an existing folder the
 * files are moved one by one, in the order that `fill` returned. If `fill` fails, the draft is removed. The draft of a killed process is
 * removed by the next conversion.
 * @param lock keeps other conversions out until all files are in place. Without it, drafts of other processes are kept
 * @param fill writes into the draft and returns the names of its files
 * @throws StarlingError E_WRITE when a file cannot be written or moved; the errors of `fill` and `lock`
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

/** Resolves symbolic links: all names of a folder share one lock, and the draft lies on the file system of the target. */
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
      // mkdtemp gives access to the owner alone.
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

/** Removes drafts of killed processes. The caller holds the lock, so no running conversion has a draft. */
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
  return (
    names.every((name) => DRAFTED.has(name) || isServedWeights(name)) &&
    graphs.every((name) => DRAFTED_GRAPH.test(name))
  );
}

async function isThere(path: string): Promise<boolean> {
  return (await lstat(path).catch(() => undefined)) !== undefined;
}
