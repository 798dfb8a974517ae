/** A model repository on a hub, at a branch, tag or commit. */
export interface Repository {
  /** `OWNER/NAME` */
  name: string;
  /** `main`, `v1.0`, `refs/pr/1` or the 40 hex digits of a commit. */
  revision: string;
}

/** A checkpoint from a hub that has been downloaded. */
export interface LoadedCheckpoint {
  /** The snapshot in the cache. */
  folder: string;
  repository: { name: string; commit: string };
}

const PART = String.raw`[A-Za-z0-9][\w.-]*`;
const REPOSITORY = new RegExp(String.raw`^(${PART}/${PART})(?:@([\w./-]+))?$`);
const COMMIT = /^[0-9a-f]{40}$/;

/** Parses `OWNER/NAME` or `OWNER/NAME@revision`; `undefined` for anything else, such as a path. */
export function parseRepository(text: string): Repository | undefined {
  const [, name, revision = 'main'] = REPOSITORY.exec(text) ?? [];
  // A revision becomes a path below `refs/` of the cache.
  if (name === undefined || revision.split('/').some((part) => part === '' || part === '.' || part === '..'))
    return undefined;
  return { name, revision };
}

export function isCommit(revision: unknown): revision is string {
  return typeof revision === 'string' && COMMIT.test(revision);
}

/** The name of a repository at one commit, for reward.json and errors. */
export function atCommit(name: string, commit: string): string {
  return `${name}@${commit}`;
}
