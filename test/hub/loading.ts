import assert from 'node:assert/strict';
import { join } from 'node:path';
import { afterEach, beforeEach } from 'node:test';
import { StarlingError } from '../../src/contracts/errors.js';
import type { ErrorCode } from '../../src/contracts/exit-codes.js';
import { loadCheckpoint } from '../../src/hub/checkpoint.js';
import type { HubEnvironment } from '../../src/hub/environment.js';
import { tempFolder } from '../temp-folder.js';
import { type Fault, type HubOptions, HubServer, sha256 } from './hub-server.js';

/** Idle timeout in milliseconds that even a busy machine does not reach. */
const LONG = 600_000;

export const NAME = 'some-one/reward.model';
export const WEIGHTS = 'model.safetensors';
export const LARGE = Buffer.alloc(300_000, 'abcdefghijk');
export const CONFIG = Buffer.from('{"model_type": "llama"}');
export const FILES: ReadonlyMap<string, Uint8Array> = new Map([
  ['README.md', Buffer.from('# card')],
  ['config.json', CONFIG],
  [WEIGHTS, LARGE],
  ['pytorch_model.bin', Buffer.alloc(20_000, 'z')],
  ['tokenizer.json', Buffer.alloc(20_000, 't')],
  ['tokenizer_config.json', Buffer.from('{}')],
  ['training_args.bin', Buffer.from('args')],
]);
let cache: string;
let servers: HubServer[];

beforeEach(() => {
  cache = tempFolder();
  servers = [];
  process.env.HF_HUB_CACHE = cache;
});

afterEach(async () => {
  for (const server of servers) await server.close();
  delete process.env.HF_HUB_CACHE;
});

/** Starts a hub that is closed after the test. */
export async function hub(options: Partial<HubOptions> = {}): Promise<HubServer> {
  const server = await HubServer.open({ name: NAME, files: FILES, ...options });
  servers.push(server);
  return server;
}

/** Faults for the first requests for large files, in order. */
export function faultsOfStore(...faults: (Fault | undefined)[]): Pick<HubOptions, 'fault'> {
  return { fault: ({ url }) => (url.startsWith('/store/') ? faults.shift() : undefined) };
}

export interface Loading {
  revision?: string;
  environment?: Partial<HubEnvironment>;
  steps?: string[];
}

export function load(server: HubServer | undefined, { revision = 'main', environment = {}, steps = [] }: Loading = {}) {
  const endpoint = server?.endpoint ?? 'http://127.0.0.1:1';
  return loadCheckpoint(
    { kind: 'model', name: NAME, revision },
    { endpoint, token: undefined, offline: false, files: cache, idle: LONG, ...environment },
    { onStep: (what) => steps.push(what), onTotal: () => {}, onBytes: () => {}, weights: true, waits: [0, 0] },
  );
}

export async function refused(work: Promise<unknown>, code: ErrorCode, message: RegExp): Promise<void> {
  await assert.rejects(work, (error) => {
    assert.ok(error instanceof StarlingError, String(error));
    assert.equal(error.code, code, String(error));
    assert.match(String(error), message);
    return true;
  });
}

/** This repository's part of the cache. */
export const folder = () => join(cache, 'models--some-one--reward.model');
export const blob = (bytes: Uint8Array) => join(folder(), 'blobs', sha256(bytes));
