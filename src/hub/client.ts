import type { ListFileEntry } from '@huggingface/hub';
import { StarlingError } from '../errors.js';
import { type Digest, digestOf } from './digest.js';
import type { HubEnvironment } from './environment.js';
import { type Asked, PassingTrouble, reasonOf, refusal, unreachable } from './hub-error.js';
import { isCommit } from './repository.js';
import { Watch } from './watch.js';

type Library = typeof import('@huggingface/hub');

/** A file of a repository as the hub lists it. */
export interface HubFile {
  /** A name: files in folders are never asked for. */
  path: string;
  /** Bytes. */
  size: number;
  digest: Digest;
}

/** What every question to the library has. */
interface Common {
  hubUrl: string;
  accessToken?: string;
  fetch: typeof fetch;
}

/** Bytes of a file, and where in it they begin. */
export interface FilePart {
  at: number;
  bytes: Uint8Array;
}

/** Where the library, and Python's, keep what was loaded. */
export async function cacheFolderOf(repository: string): Promise<{ cache: string; folder: string }> {
  const { getHFHubCachePath, getRepoFolderName } = await import('@huggingface/hub');
  return { cache: getHFHubCachePath(), folder: getRepoFolderName({ type: 'model', name: repository }) };
}

/**
 * Asks a hub about one repository, with @huggingface/hub, which is loaded here and nowhere else. The library's own download into the
 * cache neither resumes nor verifies, so only its parts are used: what a revision is, the listing, and a file as a blob that can be
 * read from any byte on. Large files go over plain HTTP, which every hub and mirror gives, not over the Xet protocol.
 */
export class HubClient {
  readonly #library: Library;
  readonly #asked: Asked;
  readonly #idle: number;
  readonly #interrupted: AbortSignal | undefined;

  static async open(repository: string, environment: HubEnvironment, interrupted?: AbortSignal): Promise<HubClient> {
    return new HubClient(await import('@huggingface/hub'), repository, environment, interrupted);
  }

  private constructor(
    library: Library,
    repository: string,
    { endpoint, token, idle }: HubEnvironment,
    interrupted: AbortSignal | undefined,
  ) {
    this.#library = library;
    this.#asked = { repository, endpoint, token };
    this.#idle = idle;
    this.#interrupted = interrupted;
  }

  /** @throws StarlingError E_NETWORK, E_ACCESS, E_NO_INPUT */
  async commitOf(revision: string): Promise<string> {
    const { sha } = await this.#asking((common) =>
      this.#library.modelInfo<'sha'>({ ...common, name: this.#asked.repository, revision, additionalFields: ['sha'] }),
    );
    return isCommit(sha) ? sha : this.#nonsense(`no commit but ${JSON.stringify(sha)}`);
  }

  /** The files at the top of the repository. @throws StarlingError E_NETWORK, E_ACCESS, E_NO_INPUT */
  async files(commit: string): Promise<HubFile[]> {
    return this.#asking(async (common) => {
      const files: HubFile[] = [];
      for await (const entry of this.#library.listFiles({
        ...common,
        repo: this.#asked.repository,
        revision: commit,
      })) {
        if (entry.type === 'file') files.push(this.#file(entry));
      }
      return files;
    });
  }

  #file({ path, lfs, oid, size: listed }: ListFileEntry): HubFile {
    const size = lfs?.size ?? listed;
    const digest = digestOf(lfs?.oid ?? oid);
    if (digest !== undefined && Number.isSafeInteger(size) && size >= 0) return { path, size, digest };
    return this.#nonsense(`no size and digest of ${path}`);
  }

  /**
   * The bytes of a file from `from` on, or from 0 if the hub gives no less.
   * @throws PassingTrouble when the connection is cut, StarlingError E_NETWORK, E_ACCESS, E_NO_INPUT
   */
  async *bytes(file: HubFile, commit: string, from: number): AsyncGenerator<FilePart> {
    const watch = new Watch(this.#idle, this.#interrupted);
    // The library's stream tells nothing of an error but its text.
    let failed: unknown;
    let at = from;
    const answers: typeof fetch = async (input, init) => {
      try {
        const response = await this.#fetched(watch, input, init);
        at = this.#startOf(response, from);
        return response;
      } catch (error) {
        failed = error;
        throw error;
      }
    };
    try {
      for await (const bytes of (await this.#blob(file, commit, answers)).slice(from).stream()) {
        watch.heard();
        yield { at, bytes };
        at += bytes.length;
      }
    } catch (error) {
      const told = failed ?? error;
      throw watch.ended() ?? (told instanceof StarlingError ? told : new PassingTrouble(reasonOf(told), told));
    } finally {
      watch.end();
    }
  }

  async #blob({ path, size, digest }: HubFile, commit: string, answers: typeof fetch): Promise<Blob> {
    const { repository, endpoint } = this.#asked;
    // What the listing said saves a question a file.
    const url = `${endpoint}/${repository}/resolve/${commit}/${encodeURIComponent(path)}`;
    const downloadInfo = { size, etag: digest.hex, url };
    const options = { ...this.#common(answers), repo: repository, path, revision: commit, downloadInfo, xet: false };
    return (await this.#library.downloadFile(options)) ?? this.#nonsense(`no file ${path}`);
  }

  /** One question and its whole answer. */
  async #asking<Answer>(ask: (common: Common) => Promise<Answer>): Promise<Answer> {
    const watch = new Watch(this.#idle, this.#interrupted);
    try {
      return await ask(this.#common((input, init) => this.#fetched(watch, input, init)));
    } catch (error) {
      if (error instanceof StarlingError) throw watch.ended() ?? error;
      if (error instanceof SyntaxError) return this.#nonsense('no JSON');
      throw watch.ended() ?? unreachable(this.#asked, error);
    } finally {
      watch.end();
    }
  }

  #common(answers: typeof fetch): Common {
    const { endpoint, token } = this.#asked;
    return { hubUrl: endpoint, ...(token === undefined ? {} : { accessToken: token }), fetch: answers };
  }

  async #fetched(watch: Watch, ...[input, init]: Parameters<typeof fetch>): Promise<Response> {
    const response = await fetch(input, { ...init, signal: watch.signal });
    watch.heard();
    if (response.ok) return response;
    await response.body?.cancel();
    throw refusal(response, this.#asked);
  }

  #nonsense(found: string): never {
    throw new StarlingError(
      'E_NETWORK',
      `${this.#asked.endpoint} does not answer as a hub does: ${found}; check HF_ENDPOINT`,
    );
  }

  /** The first byte that an answer holds: a hub or mirror may give all where a part was asked for. */
  #startOf({ status, headers }: Response, from: number): number {
    if (status !== 206) return 0;
    const range = headers.get('content-range') ?? 'nothing';
    if (range.startsWith(`bytes ${from}-`)) return from;
    return this.#nonsense(`${range} where the bytes from ${from} were asked for`);
  }
}
