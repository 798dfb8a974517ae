import { oneLine, RowError, StarlingError } from '../../contracts/errors.js';
import { isObject } from '../../json/json-object.js';
import type { HttpAnswer } from './http-client.js';
import { ServerFault } from './server-fault.js';

/** Characters of a server's own words in a message. */
const MOST_QUOTED = 300;

/** Statuses of a request that this server will never answer otherwise. */
const OF_ROW: ReadonlySet<number> = new Set([400, 413, 422]);
const BUSY: ReadonlySet<number> = new Set([429, 503]);
const OF_ACCESS: ReadonlySet<number> = new Set([401, 403]);

/**
 * The error for an answer without rewards.
 * @param address of the server, for messages
 * @returns ServerFault for what may pass, RowError for a row that the server refuses, StarlingError for what concerns all rows
 */
export function refusedAnswer(answer: HttpAnswer, address: string): ServerFault | StarlingError {
  const { status, headers } = answer;
  const said = saidText(answer);
  if (BUSY.has(status))
    return new ServerFault('busy', `answered ${status}${said}`, { wait: waitOf(headers['retry-after']) });
  if (status >= 500) return new ServerFault('broken', `answered ${status}${said}`);
  if (OF_ACCESS.has(status)) {
    const remedy = 'give the key of the server with --engine-key-file FILE or in VLLM_API_KEY';
    return new StarlingError('E_ACCESS', `${address} does not accept the key (${status}); ${remedy}`);
  }
  if (OF_ROW.has(status)) {
    const remedy = 'if a text is too long, shorten it with --max-length';
    return new RowError('E_ENGINE', `${address} refused the row: it answered ${status}${said}; ${remedy}`);
  }
  if (status >= 300 && status < 400) {
    const to = headers.location === undefined ? '' : ` to ${originOf(headers.location, address)}`;
    return ofAll(`${address} redirects${to}, and the key must not follow; give the address of the server itself`);
  }
  if (status === 404) {
    const remedy = 'is it a vLLM server with --runner pooling, and the address without a path?';
    return ofAll(`${address} has no rewards for this model (404${said}); ${remedy}`);
  }
  return ofAll(`${address} answered ${status}${said}; expected rewards`);
}

function ofAll(message: string): StarlingError {
  return new StarlingError('E_ENGINE', message);
}

function originOf(location: string, address: string): string {
  return URL.canParse(location, address) ? new URL(location, address).origin : 'no address';
}

/** Seconds, or a date. */
function waitOf(header: string | undefined): number | undefined {
  if (header === undefined) return undefined;
  const wait = /^\d+$/.test(header) ? 1000 * Number(header) : Date.parse(header) - Date.now();
  return Number.isFinite(wait) && wait >= 0 ? wait : undefined;
}

/** What the server says of its error, for a message. A page is named, not quoted: it is that of a proxy. */
export function saidText({ text, headers }: HttpAnswer): string {
  if (isHtml(text, headers['content-type'])) return ', a page of HTML, as a proxy sends it';
  const said = messageIn(text) ?? text;
  return said.trim() === '' ? '' : `: ${oneLine(said.trim().slice(0, MOST_QUOTED))}`;
}

export function isHtml(text: string, type = ''): boolean {
  return /html/.test(type) || /^\s*<(!doctype|html)/i.test(text);
}

/** The message of vLLM, `{ "error": { "message" } }`, or of what stands before it. */
function messageIn(text: string): string | undefined {
  try {
    const body: unknown = JSON.parse(text);
    const error = isObject(body) ? (body.error ?? body.detail ?? body.message) : undefined;
    const message = isObject(error) ? error.message : error;
    return typeof message === 'string' ? message : undefined;
  } catch {
    return undefined;
  }
}
