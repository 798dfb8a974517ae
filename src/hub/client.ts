import { StarlingError } from '../contracts/errors.js';
import { isObject } from '../json/json-object.js';
import { answerText, isPage } from './answer.js';
import type { HubEnvironment } from './environment.js';
import { follow } from './follow.js';
import { type Asked, noHub, PassingTrouble, pageOf, reasonOf, refusal, unreachable } from './hub-error.js';
import { type HubFile, Listing } from './listing.js';
import { isCommit, type Repository } from './repository.js';
import { retried } from './retries.js';
import { Watch } from './watch.js';

type Library = typeof import('@huggingface/hub');

/** Timeout for all pages of a listing, as a multiple of the idle timeout. */
const WHOLE_ANSWER = 20;

/** Parameters of every call to the library. */
interface Common {
  hubUrl: string;
  accessToken?: string;
  fetch: typeof fetch;
}

/** Bytes of a file and their offset in it. */
export interface FilePart {
  at: number;
  bytes: Uint8Array;
}

/** The cache folder that this library and Python's share, and the name of the repository's folder in it. */
export async function cacheFolderOf({ kind, name }: Repository): Promise<{ cache: string; folder: string }> {
  const { getHFHubCachePath, getRepoFolderName } = await import('@huggingface/hub');
  return { cache: getHFHubCachePath(), folder: getRepoFolderName({ type: kind, name }) };
}

/**
 * A client of one repository on a hub. Only this file loads @huggingface/hub. The library's own download into the cache neither resumes
 * nor verifies, so only three of its functions are used: resolving a revision, listing files, and reading a file from any offset. Large
 * files are fetched over plain HTTP, which every hub and mirror supports, not over the Xet protocol.
 */
export class HubClient {
  readonly #library: Library;
  readonly #asked: Asked;
  readonly #idle: number;
  readonly #interrupted: AbortSignal | undefined;
  readonly #patience: { waits?: readonly number[]; interrupted?: AbortSignal };

  static async open(
    repository: Repository,
    environment: HubEnvironment,
    patience: { waits?: readonly number[]; interrupted?: AbortSignal } = {},
  ): Promise<HubClient> {
    return new HubClient(await import('@huggingface/hub'), repository, environment, patience);
  }

  private constructor(
    library: Library,
    { kind, name }: Repository,
    { endpoint, token, idle }: HubEnvironment,
    patience: { waits?: readonly number[]; interrupted?: AbortSignal },
  ) {
    this.#library = library;
    this.#asked = { kind, repository: name, endpoint, token };
    this.#idle = idle;
    this.#patience = patience;
    this.#interrupted = patience.interrupted;
  }

  /**
   * The commit of a revision, and what the card of a dataset says of its files, as the hub has read it.
   * @throws StarlingError E_NETWORK, E_ACCESS, E_NO_INPUT
   */
  async revision(revision: string): Promise<{ commit: string; card: unknown }> {
    const { kind, repository: name } = this.#asked;
    const info = await this.#patiently(isObject, async (common): Promise<{ sha?: unknown; cardData?: unknown }> => {
      const asked = { ...common, name, revision };
      if (kind === 'model') return this.#library.modelInfo<'sha'>({ ...asked, additionalFields: ['sha'] });
      return this.#library.datasetInfo<'sha' | 'cardData'>({ ...asked, additionalFields: ['sha', 'cardData'] });
    });
    const { sha, cardData } = info;
    return { commit: isCommit(sha) ? sha : this.#nonsense(`no commit but ${JSON.stringify(sha)}`), card: cardData };
  }

  /** The files at the top of a model's repository, or all files of a dataset. @throws StarlingError E_NETWORK, E_ACCESS, E_NO_INPUT */
  async files(commit: string): Promise<HubFile[]> {
    const { kind, repository: name } = this.#asked;
    const recursive = kind === 'dataset';
    return this.#patiently(isPage, async ({ fetch: answers, ...common }) => {
      const listing = new Listing(this.#nonsense, recursive);
      const paged: typeof fetch = (input, init) => {
        listing.page(addressOf(input).href);
        return answers(input, init);
      };
      const asked = { ...common, fetch: paged, repo: { type: kind, name }, revision: commit, recursive };
      for await (const entry of this.#library.listFiles(asked)) listing.add(entry);
      return listing.files;
    });
  }

  /**
   * The bytes of a file from `from` on, or from 0 if the hub ignores the requested range.
   * @throws PassingTrouble if the connection is cut, StarlingError E_NETWORK, E_ACCESS, E_NO_INPUT
   */
  async *bytes(file: HubFile, commit: string, from: number): AsyncGenerator<FilePart> {
    const watch = new Watch(this.#idle, this.#interrupted);
    // The library's stream keeps only the text of an error.
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
        watch.came(bytes.length);
        yield { at, bytes };
        at += bytes.length;
      }
    } catch (error) {
      const cause = failed ?? error;
      throw watch.ended() ?? (cause instanceof StarlingError ? cause : new PassingTrouble(reasonOf(cause), cause));
    } finally {
      watch.end();
    }
  }

  async #blob({ path, size, digest }: HubFile, commit: string, answers: typeof fetch): Promise<Blob> {
    const { kind, repository: name } = this.#asked;
    // Size and digest from the listing save one request for each file.
    const url = `${pageOf(this.#asked)}/resolve/${commit}/${path.split('/').map(encodeURIComponent).join('/')}`;
    const downloadInfo = { size, etag: digest.hex, url };
    const options = {
      ...this.#common(answers),
      repo: { type: kind, name },
      path,
      revision: commit,
      downloadInfo,
      xet: false,
    };
    return (await this.#library.downloadFile(options)) ?? this.#nonsense(`no file ${path}`);
  }

  /** Asks again while the hub is busy. */
  #patiently<Answer>(isAnswer: (value: unknown) => boolean, ask: (common: Common) => Promise<Answer>): Promise<Answer> {
    return retried(() => this.#asking(isAnswer, ask), this.#patience);
  }

  /**
   * Makes a request and reads the whole answer.
   * @param isAnswer whether a value has the shape of the hub's answer; the library itself does not check it
   */
  async #asking<Answer>(
    isAnswer: (value: unknown) => boolean,
    ask: (common: Common) => Promise<Answer>,
  ): Promise<Answer> {
    const watch = new Watch(this.#idle, this.#interrupted, WHOLE_ANSWER * this.#idle);
    const answers: typeof fetch = async (input, init) => {
      const response = await this.#fetched(watch, input, init);
      const text = await answerText(response, watch, this.#nonsense);
      if (!isAnswer(JSON.parse(text))) this.#nonsense('JSON, but not what was asked for');
      return new Response(text, { status: response.status, headers: response.headers });
    };
    try {
      return await ask(this.#common(answers));
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
    const address = addressOf(input);
    // The library sends the token with every request, even if the link to the next page leads to another server.
    const { origin } = new URL(this.#asked.endpoint);
    if (address.origin !== origin) this.#nonsense(`its listing goes on at another server, ${address.origin}`);
    const response = await follow(address, { ...init, signal: watch.signal }, this.#nonsense);
    watch.heard();
    if (response.ok) return response;
    await response.body?.cancel();
    throw refusal(response, this.#asked);
  }

  readonly #nonsense = (found: string): never => {
    throw noHub(this.#asked, found);
  };

  /** The offset of an answer's first byte: a hub or mirror may send the whole file when a range was requested. */
  #startOf({ status, headers }: Response, from: number): number {
    if (status !== 206) return 0;
    const range = headers.get('content-range') ?? 'nothing';
    if (range.startsWith(`bytes ${from}-`)) return from;
    return this.#nonsense(`${range} where the bytes from ${from} were asked for`);
  }
}

function addressOf(input: Parameters<typeof fetch>[0]): URL {
  return new URL(input instanceof Request ? input.url : input);
}
