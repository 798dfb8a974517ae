import { existsSync, readFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { StarlingError } from '../contracts/errors.js';

/** Settings of the hub from the environment. The variables are those of Python's huggingface_hub. */
export interface HubEnvironment {
  /** Without a trailing slash. */
  endpoint: string;
  token: string | undefined;
  offline: boolean;
  /** The folder of files from the web. */
  files: string;
  /** Milliseconds without a byte after which a connection counts as cut. */
  idle: number;
}

const PUBLIC_HUB = 'https://huggingface.co';
const TRUE = /^(1|on|yes|true)$/i;
const IDLE_SECONDS = 30;

/**
 * Reads `HF_ENDPOINT`, `HF_TOKEN` (else the token that `hf auth login` has kept), `HF_HUB_OFFLINE` and `HF_HUB_DOWNLOAD_TIMEOUT`
 * (seconds). The library itself reads the place of the cache: `HF_HUB_CACHE`, else `hub` in `HF_HOME`.
 * @throws StarlingError E_USAGE naming the variable
 */
export function hubEnvironment(variables: NodeJS.ProcessEnv): HubEnvironment {
  return {
    endpoint: endpointOf(variables.HF_ENDPOINT || PUBLIC_HUB),
    token: tokenOf(variables.HF_TOKEN?.trim(), 'HF_TOKEN') ?? keptToken(variables),
    offline: TRUE.test(variables.HF_HUB_OFFLINE ?? ''),
    files: join(homeOf(variables), 'starling-rm'),
    idle: 1000 * secondsOf(variables.HF_HUB_DOWNLOAD_TIMEOUT),
  };
}

/** The folder of everything that is kept of the hub, as Python's huggingface_hub places it. */
function homeOf({ HF_HOME, XDG_CACHE_HOME }: NodeJS.ProcessEnv): string {
  return HF_HOME || join(XDG_CACHE_HOME || join(homedir(), '.cache'), 'huggingface');
}

function endpointOf(text: string): string {
  if (/^https?:$/.test(URL.canParse(text) ? new URL(text).protocol : '')) return text.replace(/\/+$/, '');
  throw new StarlingError('E_USAGE', `expected HF_ENDPOINT to be an address such as ${PUBLIC_HUB}, found "${text}"`);
}

/** The token that `hf auth login` has kept. */
function keptToken(variables: NodeJS.ProcessEnv): string | undefined {
  if (TRUE.test(variables.HF_HUB_DISABLE_IMPLICIT_TOKEN ?? '')) return undefined;
  const path = variables.HF_TOKEN_PATH || join(homeOf(variables), 'token');
  return existsSync(path) ? tokenOf(readFileSync(path, 'utf8').trim(), path) : undefined;
}

/** Messages never contain the token itself. */
function tokenOf(text: string | undefined, place: string): string | undefined {
  if (!text) return undefined;
  if (/^hf_[\w-]+$/.test(text)) return text;
  throw new StarlingError('E_USAGE', `expected ${place} to be an access token of the hub, which begins with hf_`);
}

function secondsOf(text: string | undefined): number {
  const seconds = Number(text || IDLE_SECONDS);
  if (seconds > 0 && Number.isFinite(seconds)) return seconds;
  throw new StarlingError('E_USAGE', `expected HF_HUB_DOWNLOAD_TIMEOUT to be a number of seconds, found "${text}"`);
}
