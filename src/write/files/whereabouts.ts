import { type FileHandle, lstat, readlink } from 'node:fs/promises';
import { dirname } from 'node:path';

/** What happened to an open file that is no longer where it was created. */
export interface Whereabouts {
  /** Text for people, to follow the name of the file. */
  happened: string;
  /** The current path, if it is known. */
  now?: string;
}

/** `undefined` if the open file is still at this path, or if the system does not say. */
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

/** From /proc, so on Linux only. */
async function currentPath({ fd }: FileHandle): Promise<string | undefined> {
  return readlink(`/proc/self/fd/${fd}`).catch(() => undefined);
}

async function isThere(path: string): Promise<boolean> {
  return lstat(path).then(
    () => true,
    (cause) => !isAbsent(cause),
  );
}

/** Other errors do not show that the file is absent. */
function isAbsent(cause: unknown): boolean {
  return ['ENOENT', 'ENOTDIR'].includes((cause as NodeJS.ErrnoException).code ?? '');
}
