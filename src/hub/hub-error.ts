import { StarlingError } from '../contracts/errors.js';
import type { RepositoryKind } from './repository.js';

/** A transient error, worth a retry: a cut or silent connection, or a busy hub. */
export class PassingTrouble extends StarlingError {
  override readonly name = 'PassingTrouble';
  /** If the server answered that it is busy: milliseconds that it asks to wait, 0 if it does not say. */
  readonly wait: number | undefined;

  constructor(message: string, cause?: unknown, wait?: number) {
    super('E_NETWORK', message, {}, cause);
    this.wait = wait;
  }
}

/** The request that an error is about. */
export interface Asked {
  kind: RepositoryKind;
  /** `OWNER/NAME` */
  repository: string;
  endpoint: string;
  token: string | undefined;
}

/** The first request got no answer. */
export function unreachable({ endpoint }: Asked, cause: unknown): StarlingError {
  const remedy = 'check the network and HF_ENDPOINT, or use what is in the cache with HF_HUB_OFFLINE=1';
  return new StarlingError('E_NETWORK', `${endpoint} cannot be reached (${reasonOf(cause)}); ${remedy}`, {}, cause);
}

/** The server is not a hub, or it is broken or hostile. */
export function noHub({ endpoint }: Asked, found: string): StarlingError {
  return new StarlingError('E_NETWORK', `${endpoint} does not answer as a hub does: ${found}; check HF_ENDPOINT`);
}

/** The error for an answer with an HTTP error status. `X-Error-Code` is more specific than the status. */
export function refusal({ status, statusText, headers }: Response, asked: Asked): StarlingError {
  const place = { file: asked.kind === 'dataset' ? `hf://datasets/${asked.repository}` : asked.repository };
  const reason = headers.get('x-error-code');
  if (status === 403 || reason === 'GatedRepo') return new StarlingError('E_ACCESS', gated(asked), place);
  if (status === 401) return new StarlingError('E_ACCESS', noSuchOrPrivate(asked), place);
  if (status === 404) return new StarlingError('E_NO_INPUT', missing(reason, asked), place);
  const problem = `the hub answered ${status} ${statusText}`.trimEnd();
  if (isPassing(status)) return new PassingTrouble(`${problem}; try again later`, undefined, retryAfter(headers));
  return new StarlingError('E_NETWORK', `${problem}; check HF_ENDPOINT`, place);
}

function gated(asked: Asked): string {
  const { token } = asked;
  const ask = `ask for access at ${pageOf(asked)}`;
  const remedy =
    token === undefined
      ? `${ask} and set HF_TOKEN to an access token of your account`
      : `${ask} with the account whose token HF_TOKEN holds`;
  return `access to this repository is restricted; ${remedy}`;
}

/** Without a token, the hub gives the same answer for a private repository and for one that does not exist. */
function noSuchOrPrivate({ kind, token }: Asked): string {
  return token === undefined
    ? `there is no such public repository${nowhere(kind)}; for a private one set HF_TOKEN`
    : 'the hub does not accept the token in HF_TOKEN; set a valid one, or none for public repositories';
}

function missing(reason: string | null, { kind }: Asked): string {
  if (reason === 'RevisionNotFound') return 'there is no such revision; expected a branch, tag or commit after the @';
  if (reason === 'EntryNotFound') return 'the hub lists a file that it does not serve; run again';
  return `there is no such repository on the hub${nowhere(kind)}; check the spelling`;
}

/** A model may be named by a folder too. */
function nowhere(kind: RepositoryKind): string {
  return kind === 'model' ? ', and no local folder of this name' : '';
}

/** The address of a repository's page. */
export function pageOf({ kind, repository, endpoint }: Asked): string {
  return `${endpoint}/${kind === 'dataset' ? 'datasets/' : ''}${repository}`;
}

/** Whether a status says that a later request may succeed. */
export function isPassing(status: number): boolean {
  return status === 429 || status >= 500;
}

/** Milliseconds that a Retry-After header asks for, as seconds or as a date; 0 if there is none. */
export function retryAfter(headers: Headers): number {
  const text = headers.get('retry-after')?.trim() ?? '';
  const wait = /^\d+$/.test(text) ? 1000 * Number(text) : Date.parse(text) - Date.now();
  return Number.isFinite(wait) ? Math.max(0, wait) : 0;
}

/** The cause of an error, as the message of `fetch` is only "fetch failed". */
export function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const { cause } = error;
  if (!(cause instanceof Error)) return error.message;
  return 'code' in cause ? String(cause.code) : cause.message;
}
