/** The kinds of repositories that are loaded. */
export type RepositoryKind = 'model' | 'dataset';

/** A repository on a hub, at a branch, tag or commit. */
export interface Repository {
  kind: RepositoryKind;
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

export const REPOSITORY_PART = String.raw`[A-Za-z0-9][\w.-]*`;
const REPOSITORY = new RegExp(String.raw`^(${REPOSITORY_PART}/${REPOSITORY_PART})(?:@([\w./-]+))?$`);
const COMMIT = /^[0-9a-f]{40}$/;

/** Parses `OWNER/NAME` or `OWNER/NAME@revision` of a model; `undefined` for anything else, such as a path. */
export function parseRepository(text: string): Repository | undefined {
  const [, name, revision = 'main'] = REPOSITORY.exec(text) ?? [];
  if (name === undefined || !isRevision(revision)) return undefined;
  return { kind: 'model', name, revision };
}

/** Whether a revision can be a path below `refs/` of the cache. */
export function isRevision(text: string): boolean {
  return /^[\w./-]+$/.test(text) && text.split('/').every((part) => part !== '' && part !== '.' && part !== '..');
}

export function isCommit(revision: unknown): revision is string {
  return typeof revision === 'string' && COMMIT.test(revision);
}

/** The name of a repository at one commit, for reward.json and errors. */
export function atCommit(name: string, commit: string): string {
  return `${name}@${commit}`;
}
