import { createHash } from 'node:crypto';
import { createServer, type IncomingMessage, type RequestListener, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/** A fault in an answer of the hub. Numbers of bytes count the answer's body. */
export type Fault =
  | { status: number; code?: string; after?: string }
  | { page: string }
  | { cutAfter: number }
  | { silentAfter: number }
  | { altered: true }
  | { wholeFile: true }
  | { pause: number }
  /** Replaces the whole answer. */
  | { answer: (response: ServerResponse) => void };

export interface Asked {
  method: string;
  /** Path and query. */
  url: string;
  range: string | undefined;
  authorization: string | undefined;
}

export interface HubOptions {
  /** `OWNER/NAME` */
  name: string;
  kind?: 'model' | 'dataset';
  /** The card of a data set, as the hub has read it. */
  card?: object;
  files: ReadonlyMap<string, Uint8Array>;
  /** Files with at least this many bytes are redirected to another server, like LFS files. */
  largeFrom?: number;
  /** Entries on a page of the listing. */
  page?: number;
  /** Sizes in the listing that differ from the files. */
  listedSize?: ReadonlyMap<string, number>;
  /** Returns the fault for a request; called for each request. */
  fault?: (asked: Asked) => Fault | undefined;
}

const REVISION = 'main';
export const COMMIT = '0123456789abcdef0123456789abcdef01234567';
const PIECE = 16_384;

/** A hub on the loopback interface with one repository, and a store of large files at another origin. */
export class HubServer {
  /** The requests, in order. */
  readonly log: Asked[] = [];
  readonly #options: HubOptions;
  readonly #hub: Server;
  readonly #store: Server;

  static async open(options: HubOptions): Promise<HubServer> {
    const server = new HubServer(options);
    await Promise.all([listening(server.#hub), listening(server.#store)]);
    return server;
  }

  private constructor(options: HubOptions) {
    this.#options = options;
    this.#hub = createServer(this.#logged((request, response) => this.#answer(request, response)));
    this.#store = createServer(this.#logged((request, response) => this.#give(request, response)));
  }

  get endpoint(): string {
    return originOf(this.#hub);
  }

  /** The requests for a file; for a large file those to the store. */
  requestsFor(path: string): Asked[] {
    const folder = this.#options.kind === 'dataset' ? '/datasets' : '';
    const paths = [`${folder}/${this.#options.name}/resolve/${COMMIT}/${path}`, `/store/${sha256(this.#bytes(path))}`];
    const [small, large] = paths.map((one) => this.log.filter(({ url }) => url === one));
    return this.#isLarge(path) ? large : small;
  }

  async close(): Promise<void> {
    for (const server of [this.#hub, this.#store]) {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    }
  }

  #logged(answer: RequestListener): RequestListener {
    return (request, response) => {
      const { method = '', url = '', headers } = request;
      const asked = { method, url, range: headers.range, authorization: headers.authorization };
      this.log.push(asked);
      const fault = this.#options.fault?.(asked);
      if (fault && 'status' in fault) refuse(response, fault.status, fault.code, fault.after);
      else if (fault && 'page' in fault) response.end(fault.page);
      else if (fault && 'answer' in fault) fault.answer(response);
      else answer(Object.assign(request, { fault }), response);
    };
  }

  #answer(request: IncomingMessage, response: ServerResponse): void {
    const { pathname, searchParams } = new URL(request.url ?? '', this.endpoint);
    const [, inside] = pathname.split(`/${this.#options.name}/`);
    const [kind, revision, ...folders] = (inside ?? '').split('/');
    const path = decodeURIComponent(folders.join('/'));
    if (inside === undefined) refuse(response, 401, 'RepoNotFound');
    else if (![REVISION, COMMIT].includes(revision)) refuse(response, 404, 'RevisionNotFound');
    else if (kind === 'revision') json(response, this.#info());
    else if (kind === 'tree') this.#tree(Number(searchParams.get('cursor') ?? 0), response);
    else if (this.#options.files.has(path)) this.#resolve(path, request, response);
    else refuse(response, 404, 'EntryNotFound');
  }

  #info(): object {
    const siblings = [...this.#options.files.keys()].map((rfilename) => ({ rfilename }));
    const { name, card: cardData } = this.#options;
    const info = {
      _id: 'id',
      id: name,
      modelId: name,
      sha: COMMIT,
      private: false,
      siblings,
      lastModified: new Date(0),
    };
    return { ...info, ...(cardData && { cardData }) };
  }

  #tree(from: number, response: ServerResponse): void {
    const { page = 1000, listedSize } = this.#options;
    const entries = [...this.#options.files].map(([path, bytes]) => {
      const size = listedSize?.get(path) ?? bytes.length;
      const large = { lfs: { oid: sha256(bytes), size, pointerSize: 130 }, oid: gitSha1(Buffer.from('pointer')) };
      return { type: 'file', path, size, ...(this.#isLarge(path) ? large : { oid: gitSha1(bytes) }) };
    });
    const kind = this.#options.kind ?? 'model';
    const next = `${this.endpoint}/api/${kind}s/${this.#options.name}/tree/${COMMIT}?cursor=${from + page}`;
    if (from + page < entries.length) response.setHeader('link', `<${next}>; rel="next"`);
    json(response, [{ type: 'directory', path: 'onnx', size: 0, oid: COMMIT }, ...entries.slice(from, from + page)]);
  }

  #resolve(path: string, request: IncomingMessage, response: ServerResponse): void {
    const bytes = this.#bytes(path);
    response.setHeader('x-repo-commit', COMMIT);
    if (this.#isLarge(path)) {
      const linked = { 'x-linked-etag': `"${sha256(bytes)}"`, 'x-linked-size': bytes.length };
      response.writeHead(302, { ...linked, location: `${originOf(this.#store)}/store/${sha256(bytes)}` }).end();
    } else {
      response.setHeader('etag', `"${gitSha1(bytes)}"`);
      send(bytes, request, response);
    }
  }

  #give(request: IncomingMessage, response: ServerResponse): void {
    const found = [...this.#options.files.values()].find((bytes) => request.url === `/store/${sha256(bytes)}`);
    if (found === undefined) refuse(response, 404);
    else send(found, request, response);
  }

  #bytes(path: string): Uint8Array {
    return this.#options.files.get(path) ?? new Uint8Array();
  }

  #isLarge(path: string): boolean {
    return this.#bytes(path).length >= (this.#options.largeFrom ?? 10_000);
  }
}

async function listening(server: Server): Promise<void> {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
}

function originOf(server: Server): string {
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

function json(response: ServerResponse, value: unknown): void {
  response.setHeader('content-type', 'application/json').end(JSON.stringify(value));
}

function refuse(response: ServerResponse, status: number, code = '', after?: string): void {
  const wait = after === undefined ? {} : { 'retry-after': after };
  response.writeHead(status, { 'x-error-code': code, 'content-type': 'application/json', ...wait });
  response.end(JSON.stringify({ error: 'refused' }));
}

/** Sends the requested bytes, with the fault. */
function send(whole: Uint8Array, request: IncomingMessage & { fault?: Fault }, response: ServerResponse): void {
  const fault: Partial<Record<string, unknown>> = request.fault ?? {};
  const [, start, end] = /^bytes=(\d+)-(\d*)$/.exec(request.headers.range ?? '') ?? [];
  const isPart = start !== undefined && !fault.wholeFile;
  const from = isPart ? Number(start) : 0;
  const to = isPart && end ? Number(end) + 1 : whole.length;
  if (isPart) response.setHeader('content-range', `bytes ${from}-${to - 1}/${whole.length}`);
  response.writeHead(isPart ? 206 : 200, { 'accept-ranges': 'bytes', 'content-length': to - from });
  const body = Buffer.from(request.method === 'HEAD' ? [] : whole.subarray(from, to));
  if (fault.altered) body[body.length - 1] ^= 1;
  void sendBody(body, fault, response);
}

async function sendBody(
  body: Buffer,
  fault: Partial<Record<string, unknown>>,
  response: ServerResponse,
): Promise<void> {
  const last = Number(fault.cutAfter ?? fault.silentAfter ?? body.length);
  for (let at = 0; at < last; at += PIECE) {
    await new Promise((resolve) => response.write(body.subarray(at, Math.min(last, at + PIECE)), resolve));
    if (fault.pause) await new Promise((resolve) => setTimeout(resolve, Number(fault.pause)));
    if (response.destroyed) return;
  }
  if (fault.cutAfter !== undefined) response.destroy();
  else if (fault.silentAfter === undefined) response.end();
}

export function sha256(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex');
}

export function gitSha1(bytes: Uint8Array): string {
  return createHash('sha1').update(`blob ${bytes.length}\0`).update(bytes).digest('hex');
}
