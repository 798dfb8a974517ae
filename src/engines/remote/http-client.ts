import http from 'node:http';
import https from 'node:https';
import { ServerFault } from './server-fault.js';

/** A whole answer. */
export interface HttpAnswer {
  status: number;
  headers: http.IncomingHttpHeaders;
  text: string;
}

export interface HttpRequest {
  path: string;
  /** JSON to post; absent for GET. */
  body?: string;
  /** Milliseconds until the answer has to be there. */
  timeout: number;
  /** Ends the request. */
  interrupted?: AbortSignal;
}

/** Limit of an answer in bytes. A thousand rewards have some 100 kB. */
const MOST_BYTES = 16 * 2 ** 20;

/** Codes of system errors with which a connection fails before a request is sent. */
const AWAY: ReadonlySet<string> = new Set([
  'ECONNREFUSED',
  'ENOTFOUND',
  'EAI_AGAIN',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'EHOSTDOWN',
]);

/**
 * A client of one server, with connections that stay open. Redirects are not followed, so the key goes to this origin only. The `fetch` of
 * Node 20 gives up after 300 s without headers, which only another library can change, and does not say whether a connection was stale.
 */
export class HttpClient {
  readonly #base: URL;
  readonly #key: string | undefined;
  readonly #headers: Readonly<Record<string, string>>;
  readonly #agent: http.Agent;

  constructor(base: URL, key: string | undefined) {
    this.#base = base;
    this.#key = key;
    this.#headers = { accept: 'application/json', ...(key !== undefined && { authorization: `Bearer ${key}` }) };
    this.#agent = new (base.protocol === 'https:' ? https : http).Agent({ keepAlive: true });
  }

  /** @throws ServerFault if no whole answer comes */
  async ask(request: HttpRequest): Promise<HttpAnswer> {
    try {
      return await this.#asked(request);
    } catch (error) {
      // A server may close an idle connection at the moment at which it is used again.
      if (!(error instanceof StaleConnection)) throw error;
      return this.#asked(request);
    }
  }

  /** Closes idle connections. */
  close(): void {
    this.#agent.destroy();
  }

  /** A server may repeat the key in an error, which becomes part of a message. */
  #withoutKey(text: string): string {
    return this.#key === undefined ? text : text.replaceAll(this.#key, '***');
  }

  #asked({ path, body, timeout, interrupted }: HttpRequest): Promise<HttpAnswer> {
    return new Promise((resolve, reject) => {
      const sent = body === undefined ? undefined : Buffer.from(body);
      const request = (this.#base.protocol === 'https:' ? https : http).request(
        new URL(`${this.#base.pathname.replace(/\/$/, '')}${path}`, this.#base),
        {
          method: sent === undefined ? 'GET' : 'POST',
          agent: this.#agent,
          headers: {
            ...this.#headers,
            ...(sent !== undefined && { 'content-type': 'application/json', 'content-length': sent.length }),
          },
        },
      );
      let answer: http.IncomingMessage | undefined;
      const late = setTimeout(
        () => fail(new ServerFault('broken', `did not answer within ${Math.round(timeout / 1000)} s`)),
        timeout,
      );
      const end = () => {
        clearTimeout(late);
        interrupted?.removeEventListener('abort', onAbort);
      };
      const fail = (fault: Error) => {
        end();
        reject(fault);
        request.destroy();
      };
      const onAbort = () => fail(new ServerFault('away', 'was not waited for'));
      interrupted?.addEventListener('abort', onAbort);
      if (interrupted?.aborted) return onAbort();
      request.on('error', (error: NodeJS.ErrnoException) => fail(faultOf(error, request, answer)));
      request.on('response', (response) => {
        answer = response;
        const pieces: Buffer[] = [];
        let size = 0;
        response.on('error', (error: NodeJS.ErrnoException) => fail(faultOf(error, request, answer)));
        response.on('data', (piece: Buffer) => {
          pieces.push(piece);
          size += piece.length;
          if (size > MOST_BYTES) fail(new ServerFault('broken', `answered more than ${MOST_BYTES / 2 ** 20} MiB`));
        });
        response.on('end', () => {
          end();
          const { statusCode: status = 0, headers } = response;
          resolve({ status, headers, text: this.#withoutKey(Buffer.concat(pieces).toString()) });
        });
      });
      request.end(sent);
    });
  }
}

class StaleConnection extends ServerFault {}

function faultOf(
  error: NodeJS.ErrnoException,
  { reusedSocket }: http.ClientRequest,
  answer: http.IncomingMessage | undefined,
): ServerFault {
  const { code = error.message } = error;
  if (AWAY.has(code)) return new ServerFault('away', `cannot be reached (${code})`, { cause: error });
  if (answer !== undefined)
    return new ServerFault('broken', `ended its answer in the middle (${code})`, { cause: error });
  const message = `closed the connection without an answer (${code})`;
  return new (reusedSocket ? StaleConnection : ServerFault)('broken', message, { cause: error });
}
