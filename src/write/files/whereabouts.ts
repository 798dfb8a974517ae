import { type FileHandle, lstat, readlink } from 'node:fs/promises';
import { dirname } from 'node:path';

/** The fate of an open file that is no longer where it was created. */
export interface Whereabouts {
  /** For people, after the name of the file. */
  happened: string;
  /** Where it is now, if that is known. */
  now?: string;
}

/** `undefined` if the open file is still the one of this path, or the system does not say. */
export async function whereabouts(path: string, handle: FileHandle): Promise<Whereabouts | undefined> {
  const own = await handle.stat({ bigint: true });
  const isOwn = async (name: string) => {
    const found = await lstat(name, { bigint: true });
    return found.ino === own.ino && found.dev === own.dev;
  };
  let isReplaced = true;
  try {
    if (await isOwn(path)) return undefined;
  } catch (cause) {
    if (!isAbsent(cause)) return undefined;
    isReplaced = false;
  }
  const isFolder = !isReplaced && !(await isThere(dirname(path)));
  const what = `${isFolder ? 'the folder of this' : 'this'} was`;
  const end = isReplaced ? 'replaced by another file' : own.nlink === 0n ? 'removed' : 'moved';
  const now = await currentPath(handle);
  if (now !== undefined && (await isOwn(now).catch(() => false))) {
    return { happened: `${what} ${end} while the run was writing it; what was written is now ${now}`, now };
  }
  const lost = own.nlink === 0n ? '; what was written is lost' : '';
  return { happened: `${what} ${end} while the run was writing it${lost}` };
}

/** As Linux knows it. */
async function currentPath({ fd }: FileHandle): Promise<string | undefined> {
  return readlink(`/proc/self/fd/${fd}`).catch(() => undefined);
}

async function isThere(path: string): Promise<boolean> {
  return lstat(path).then(
    () => true,
    (cause) => !isAbsent(cause),
  );
}

/** Other errors say nothing about the file. */
function isAbsent(cause: unknown): boolean {
  return ['ENOENT', 'ENOTDIR'].includes((cause as NodeJS.ErrnoException).code ?? '');
}
