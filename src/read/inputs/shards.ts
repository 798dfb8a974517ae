import type { Dirent } from 'node:fs';
import { readdir, stat } from 'node:fs/promises';
import { homedir } from 'node:os';
import { StarlingError } from '../../contracts/errors.js';
import { nameMatcher } from '../../names/name-pattern.js';

const NOTHING_THERE: ReadonlySet<unknown> = new Set(['ENOENT', 'ENOTDIR', 'EACCES', 'ELOOP', 'ENAMETOOLONG']);

/** Whether a path that does not exist may be a pattern. */
export function isPattern(path: string): boolean {
  return /[*?[]/.test(path);
}

/** The files that match a pattern, sorted by name. `**` matches folders of any depth. @throws StarlingError E_NO_INPUT if there are none */
export async function filesMatching(pattern: string): Promise<string[]> {
  const path = pattern.replace(/^file:(\/\/(localhost)?)?(?=\/)/, '');
  const [start] = /^(~(?=[/\\])|\/*)/.exec(path) ?? [''];
  const segments = path
    .slice(start.length)
    .replace(/^[/\\]+/, '')
    .split(/[/\\]+/);
  let found = [start === '~' ? `${homedir()}/` : start];
  for (const [i, segment] of segments.entries()) {
    const isLast = i === segments.length - 1;
    const next = await Promise.all(found.map((prefix) => matches(prefix, segment, isLast)));
    found = [...new Set(next.flat())];
  }
  if (found.length > 0) return found.sort();
  throw new StarlingError('E_NO_INPUT', 'no file matches this pattern', { file: pattern });
}

/**
 * The matches of one segment of a pattern after a prefix: files for the last segment, else longer prefixes, which end in `/`. A last
 * segment without a pattern may also be a folder.
 */
async function matches(prefix: string, segment: string, isLast: boolean): Promise<string[]> {
  if (!isPattern(segment)) return literal(prefix + segment, isLast);
  const folder = prefix || './';
  if (segment === '**') return isLast ? below(folder, true) : [folder, ...(await below(folder, false))];
  const isMatch = nameMatcher(segment);
  const entries = (await entriesOf(folder)).filter(({ name }) => isMatch(name));
  const kinds = await Promise.all(entries.map((entry) => kindOf(entry, folder)));
  const wanted = entries.filter((_, i) => kinds[i] === (isLast ? 'file' : 'folder'));
  return wanted.map(({ name }) => (isLast ? folder + name : `${folder}${name}/`));
}

async function literal(path: string, isLast: boolean): Promise<string[]> {
  if (!isLast) return [`${path}/`];
  const stats = await stat(path).catch(() => undefined);
  return stats?.isFile() || stats?.isDirectory() ? [path] : [];
}

/** Files, or prefixes of folders, at any depth. Links are not followed, as they may form a circle. */
async function below(folder: string, files: boolean): Promise<string[]> {
  const entries = await entriesOf(folder);
  const inFolders = entries
    .filter((entry) => entry.isDirectory())
    .map(async ({ name }) => {
      const inside = `${folder}${name}/`;
      return [...(files ? [] : [inside]), ...(await below(inside, files))];
    });
  const here = entries.filter((entry) => files && entry.isFile()).map(({ name }) => folder + name);
  return [here, ...(await Promise.all(inFolders))].flat();
}

/** The entries of a folder; empty if it does not exist or is not readable. */
async function entriesOf(folder: string): Promise<Dirent[]> {
  return readdir(folder, { withFileTypes: true }).catch((cause: unknown) => {
    const code = cause instanceof Error && 'code' in cause ? cause.code : undefined;
    if (NOTHING_THERE.has(code)) return [];
    throw new StarlingError('E_NO_INPUT', `this folder cannot be read (${code})`, { file: folder }, cause);
  });
}

async function kindOf(entry: Dirent, folder: string): Promise<'file' | 'folder' | undefined> {
  const stats = entry.isSymbolicLink() ? await stat(folder + entry.name).catch(() => undefined) : entry;
  if (stats?.isFile()) return 'file';
  return stats?.isDirectory() ? 'folder' : undefined;
}
