import { StarlingError } from '../../contracts/errors.js';
import { megabytes } from '../cache.js';
import { fileDigest } from '../digest.js';
import type { HubEnvironment } from '../environment.js';
import { follow } from '../follow.js';
import { isPassing, PassingTrouble, reasonOf, retryAfter } from '../hub-error.js';
import { openPartial, PartialFile } from '../partial-file.js';
import { beforeRetry, WAITS } from '../retries.js';
import { Watch } from '../watch.js';
import { KeptFile, type KeptNote } from './kept-file.js';

export interface LoadFileOptions {
  /** Called with the current step, as text for people. */
  onStep(what: string): void;
  /** Called with the bytes that the file has, once this is known. */
  onTotal(bytes: number): void;
  /** As in `DownloadOptions`. */
  onBytes(bytes: number, came: boolean): void;
  interrupted?: AbortSignal;
  waits?: readonly number[];
}

/** A file of the cache. */
export interface LoadedFile {
  /** Its address without a query. */
  name: string;
  path: string;
  /** In hex. */
  sha256: string;
}

/** Hosts that are this machine. Only from these a file is loaded over plain HTTP. */
const LOOPBACK = /^(localhost|127(\.\d+){3}|\[::1\])$/;

/** Whether an input is an address on the web and not a path. */
export function isWebAddress(text: string): boolean {
  return /^https?:\/\//i.test(text);
}

/**
 * Loads a file from the web into the cache, unless the server says that it has not changed since. A cut download is continued if the
 * server tells versions apart by an ETag. No token is sent.
 * @throws StarlingError E_NETWORK, E_ACCESS, E_NO_INPUT, E_USAGE, E_DIGEST, E_WRITE, or as `stoppedBy`
 */
export async function loadFile(
  text: string,
  environment: HubEnvironment,
  options: LoadFileOptions,
): Promise<LoadedFile> {
  const address = addressIn(text);
  const kept = new KeptFile(environment.files, address);
  const note = await kept.note(kept.path);
  const { path } = kept;
  const name = nameOf(address);
  const whole =
    note !== undefined && isWhole(note) && (await sha256Of(path, options)) === note.sha256 ? note : undefined;
  if (environment.offline) {
    if (whole !== undefined) return { name, path, sha256: whole.sha256 };
    throw new StarlingError('E_NO_INPUT', 'this was never loaded whole; unset HF_HUB_OFFLINE once to load it', {
      file: text,
    });
  }
  const sha256 = await new Download(address, kept, environment.idle, options).run(whole);
  return { name, path, sha256 };
}

function isWhole(note: KeptNote): note is WholeNote {
  return note.sha256 !== undefined;
}

/** An address for people and outputs, without the query, which may hold a key. */
function nameOf({ origin, pathname }: URL): string {
  return origin + pathname;
}

function addressIn(text: string): URL {
  if (!URL.canParse(text)) throw new StarlingError('E_USAGE', 'this is no address; check the spelling', { file: text });
  const address = new URL(text);
  address.hash = '';
  if (address.protocol === 'https:' || LOOPBACK.test(address.hostname)) return address;
  const problem = 'plain HTTP can be read and altered on the way; give an https:// address, or load the file yourself';
  throw new StarlingError('E_USAGE', problem, { file: text });
}

function sha256Of(path: string, { interrupted }: LoadFileOptions): Promise<string> {
  return fileDigest(path, 'SHA-256', interrupted);
}

/** What one connection led to: the whole file, or bytes that are there and why they are not all. */
type Outcome = { sha256: string; trouble?: undefined } | { size: number; trouble: PassingTrouble };

type WholeNote = KeptNote & { sha256: string };

/** An incomplete file that the server can continue. */
type Begun = KeptNote & { there: number };

/** The download of one file. */
class Download {
  readonly #address: URL;
  readonly #kept: KeptFile;
  readonly #idle: number;
  readonly #options: LoadFileOptions;

  constructor(address: URL, kept: KeptFile, idle: number, options: LoadFileOptions) {
    this.#address = address;
    this.#kept = kept;
    this.#idle = idle;
    this.#options = options;
  }

  /** @param whole note of the file that is there @returns its SHA-256 in hex */
  async run(whole: WholeNote | undefined): Promise<string> {
    const { waits = WAITS, interrupted } = this.#options;
    let failures = 0;
    for (let most = 0; ; ) {
      const outcome = await this.#connection(whole);
      if (outcome.trouble === undefined) return outcome.sha256;
      failures = outcome.size > most ? 1 : failures + 1;
      most = Math.max(most, outcome.size);
      if (failures > waits.length) throw this.#gaveUp(outcome.trouble);
      await beforeRetry(waits[failures - 1], outcome.trouble, interrupted);
    }
  }

  /** Loads what one connection brings. */
  async #connection(whole: WholeNote | undefined): Promise<Outcome> {
    const watch = new Watch(this.#idle, this.#options.interrupted);
    let partial: PartialFile | undefined;
    try {
      const begun = await this.#begun();
      const response = await this.#asked(whole, begun, watch);
      if (response.status === 304 && whole !== undefined) return { sha256: whole.sha256 };
      const note = await this.#noteFor(response, begun);
      partial = new PartialFile(await openPartial(this.#kept.partial), this.#options.onBytes);
      await partial.begin(note.size ?? Number.POSITIVE_INFINITY);
      await this.#take(response, partial, watch);
      return await this.#finished(partial, note);
    } catch (error) {
      const trouble = watch.ended() ?? error;
      if (trouble instanceof PassingTrouble) return { size: partial?.size ?? 0, trouble };
      if (trouble instanceof StarlingError || isOfSystem(trouble)) throw trouble;
      return { size: partial?.size ?? 0, trouble: new PassingTrouble(reasonOf(trouble), trouble) };
    } finally {
      watch.end();
      await partial?.close();
    }
  }

  /** The note of an incomplete file, if the server can continue it. */
  async #begun(): Promise<Begun | undefined> {
    const note = await this.#kept.note(this.#kept.partial);
    const there = await this.#kept.partialSize();
    return note?.etag !== undefined && there > 0 ? { ...note, there } : undefined;
  }

  async #asked(whole: WholeNote | undefined, begun: Begun | undefined, watch: Watch): Promise<Response> {
    const headers = new Headers({ 'accept-encoding': 'identity' });
    if (whole?.etag !== undefined) headers.set('if-none-match', whole.etag);
    else if (whole?.modified !== undefined) headers.set('if-modified-since', whole.modified);
    if (begun?.etag !== undefined) {
      headers.set('range', `bytes=${begun.there}-`);
      headers.set('if-range', begun.etag);
    }
    const response = await follow(this.#address, { headers, signal: watch.signal }, this.#nonsense);
    watch.heard();
    if (response.ok || response.status === 304) return response;
    await response.body?.cancel();
    throw this.#refusal(response);
  }

  /** Begins the incomplete file anew unless the server continues it. */
  async #noteFor(response: Response, begun: Begun | undefined): Promise<KeptNote> {
    const { status, headers } = response;
    if (status === 206) {
      const range = headers.get('content-range') ?? 'nothing';
      if (begun !== undefined && range.startsWith(`bytes ${begun.there}-`)) return begun;
      this.#nonsense(`${range} where the bytes from ${begun?.there ?? 0} on were asked for`);
    }
    const etag = headers.get('etag') ?? undefined;
    const modified = headers.get('last-modified') ?? undefined;
    const size = sizeIn(headers);
    // A weak ETag does not promise equal bytes.
    const note = {
      ...(etag !== undefined && !etag.startsWith('W/') && { etag }),
      ...(modified !== undefined && { modified }),
      ...(size !== undefined && { size }),
    };
    await this.#kept.begin(note);
    this.#options.onStep(`loading ${nameOf(this.#address)}${size === undefined ? '' : ` (${megabytes(size)})`}`);
    if (size !== undefined) this.#options.onTotal(size);
    return note;
  }

  async #take(response: Response, partial: PartialFile, watch: Watch): Promise<void> {
    for await (const bytes of response.body ?? []) {
      watch.came(bytes.length);
      await partial.add({ at: partial.size, bytes });
    }
  }

  async #finished(partial: PartialFile, note: KeptNote): Promise<Outcome> {
    const { size } = partial;
    if (note.size !== undefined && size < note.size)
      return { size, trouble: new PassingTrouble('the answer ended early') };
    if (note.size !== undefined && size > note.size) this.#nonsense(`${size} bytes where ${note.size} were announced`);
    const sha256 = await sha256Of(this.#kept.partial, this.#options);
    await this.#kept.finish({ ...note, size, sha256 });
    return { sha256 };
  }

  #refusal({ status, statusText, headers }: Response): StarlingError {
    const place = { file: nameOf(this.#address) };
    const problem = `the server answered ${status} ${statusText}`.trimEnd();
    if (isPassing(status)) return new PassingTrouble(problem, undefined, retryAfter(headers));
    if (status === 401 || status === 403) {
      const remedy = 'load the file by other means and give its path; for one on the hub give hf://datasets/…';
      return new StarlingError('E_ACCESS', `${problem}, and no token is sent to addresses; ${remedy}`, place);
    }
    return new StarlingError('E_NO_INPUT', `${problem}; check the address`, place);
  }

  readonly #nonsense = (found: string): never => {
    throw new StarlingError('E_NETWORK', `the server does not answer as expected: ${found}`, {
      file: nameOf(this.#address),
    });
  };

  #gaveUp(trouble: PassingTrouble): StarlingError {
    const problem = `cannot be loaded: ${trouble.message}; check the network and run again`;
    return new StarlingError('E_NETWORK', problem, { file: nameOf(this.#address) }, trouble);
  }
}

/** Bytes of the whole file; `undefined` if the server does not say. */
function sizeIn(headers: Headers): number | undefined {
  const text = headers.get('content-length');
  return text !== null && /^\d+$/.test(text) && headers.get('content-encoding') === null ? Number(text) : undefined;
}

/** Whether an error is of the file system and not of the network. */
function isOfSystem(error: unknown): boolean {
  return error instanceof Error && 'syscall' in error && 'path' in error;
}
