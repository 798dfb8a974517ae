import assert from 'node:assert/strict';
import { appendFileSync, existsSync, readdirSync, readFileSync } from 'node:fs';
import { createServer, type IncomingHttpHeaders, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { basename, dirname } from 'node:path';
import { after, beforeEach, test } from 'node:test';
import { type LoadFileOptions, loadFile } from '../../../src/hub/web/web-file.js';
import { tempFolder } from '../../temp-folder.js';
import { sha256 } from '../hub-server.js';
import { refused } from '../loading.js';

const BYTES = Buffer.alloc(300_000, 'row\n');
type Answer = (response: ServerResponse, headers: IncomingHttpHeaders) => void;

let answers: Answer[];
let asked: IncomingHttpHeaders[];
let cache: string;
const server = createServer((request, response) => {
  asked.push(request.headers);
  (answers.shift() ?? whole())(response, request.headers);
});
await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
const address = `http://127.0.0.1:${(server.address() as AddressInfo).port}/data/rows.jsonl`;
after(() => {
  server.closeAllConnections();
  server.close();
});
beforeEach(() => {
  answers = [];
  asked = [];
  cache = tempFolder();
});

interface Sent {
  bytes?: Buffer;
  etag?: string;
  cutAfter?: number;
  length?: number;
}

/** A server that knows ETags and ranges. */
function whole({ bytes = BYTES, etag = '"one"', cutAfter, length }: Sent = {}): Answer {
  return (response, headers) => {
    if (headers['if-none-match'] === etag) return void response.writeHead(304).end();
    const [, start] = /^bytes=(\d+)-$/.exec(headers.range ?? '') ?? [];
    const from = start !== undefined && headers['if-range'] === etag ? Number(start) : 0;
    const range = `bytes ${from}-${bytes.length - 1}/${bytes.length}`;
    response.writeHead(from > 0 ? 206 : 200, {
      ...(etag !== '' && { etag }),
      'content-length': length ?? bytes.length - from,
      ...(from > 0 && { 'content-range': range }),
    });
    if (cutAfter === undefined) return void response.end(bytes.subarray(from));
    response.write(bytes.subarray(from, from + cutAfter), () => setImmediate(() => response.destroy()));
  };
}

const status =
  (code: number, headers: Record<string, string> = {}): Answer =>
  (response) =>
    void response.writeHead(code, headers).end('no');

async function load(
  text = address,
  { offline = false, options = {} as Partial<LoadFileOptions> } = {},
): Promise<string> {
  const environment = { endpoint: 'https://hub.example', token: 'hf_x', offline, files: cache, idle: 600_000 };
  const all = { onStep: () => {}, onTotal: () => {}, onBytes: () => {}, waits: [0, 0], ...options };
  const { name, path, sha256: digest } = await loadFile(text, environment, all);
  assert.deepEqual([name, digest], [address, sha256(readFileSync(path))]);
  return path;
}

test('a file is loaded once, under its own name, and loaded again when it has changed', async () => {
  const path = await load();
  assert.deepEqual([basename(path), readFileSync(path)], ['rows.jsonl', BYTES]);
  assert.equal(await load(`${address}#part`), path);
  assert.deepEqual(
    asked.map((headers) => headers['if-none-match']),
    [undefined, '"one"'],
  );
  assert.ok(asked.every(({ authorization }) => authorization === undefined));
  answers.push(whole({ etag: '"two"', bytes: BYTES.subarray(0, 40) }));
  assert.deepEqual(readFileSync(await load()), BYTES.subarray(0, 40));
  assert.deepEqual(readdirSync(dirname(path)).sort(), ['rows.jsonl', 'rows.jsonl.json']);
});

test('a cut download is continued, unless the file has changed since', async () => {
  answers.push(whole({ cutAfter: 100_000 }), whole({ cutAfter: 100_000 }));
  const totals: number[] = [];
  const path = await load(address, { options: { onTotal: (bytes) => totals.push(bytes) } });
  assert.deepEqual(readFileSync(path), BYTES);
  assert.deepEqual(totals, [BYTES.length]);
  assert.deepEqual(
    asked.map(({ range }) => range),
    [undefined, 'bytes=100000-', 'bytes=200000-'],
  );

  cache = tempFolder();
  const other = Buffer.alloc(250_000, 'new\n');
  answers.push(whole({ cutAfter: 100_000 }), whole({ etag: '"two"', bytes: other }));
  assert.deepEqual(readFileSync(await load()), other);
});

test('without an ETag a cut download begins anew, and a whole one is loaded in each run', async () => {
  answers.push(whole({ etag: '', cutAfter: 100_000 }), whole({ etag: '' }), whole({ etag: '' }));
  assert.deepEqual(readFileSync(await load()), BYTES);
  assert.deepEqual(readFileSync(await load()), BYTES);
  assert.deepEqual(
    asked.map(({ range }) => range),
    [undefined, undefined, undefined],
  );
  answers.push((response) => void response.writeHead(200, { etag: 'W/"weak"' }).end('rows'));
  assert.equal(readFileSync(await load(), 'utf8'), 'rows');
});

test('offline a file of the cache is used if it is whole', async () => {
  await refused(load(address, { offline: true }), 'E_NO_INPUT', /was never loaded whole; unset HF_HUB_OFFLINE/);
  const path = await load();
  assert.equal(await load(address, { offline: true }), path);
  appendFileSync(path, 'x');
  await refused(load(address, { offline: true }), 'E_NO_INPUT', /was never loaded whole/);
  assert.deepEqual(readFileSync(await load()), BYTES);
});

test('refusals, busy servers, lies and plain HTTP are errors with the address', async () => {
  answers.push(status(429, { 'retry-after': '1' }), status(503));
  assert.ok(existsSync(await load()));
  cache = tempFolder();
  for (const [answer, code, message] of [
    [status(404), 'E_NO_INPUT', /rows\.jsonl: the server answered 404 Not Found; check the address/],
    [status(401), 'E_ACCESS', /401 Unauthorized, and no token is sent to addresses/],
    [status(403), 'E_ACCESS', /403 Forbidden/],
    [status(429, { 'retry-after': '86400' }), 'E_NETWORK', /asks to wait for 1440 minutes/],
    [status(302, { location: 'ftp://elsewhere/x' }), 'E_NETWORK', /a redirect from http: to ftp:/],
    [(r) => void r.writeHead(206, { 'content-range': 'bytes 5-9/10' }).end('x'), 'E_NETWORK', /bytes 5-9\/10 where/],
  ] as [Answer, Parameters<typeof refused>[1], RegExp][]) {
    answers.push(answer);
    await refused(load(), code, message);
  }
  answers.push(whole({ cutAfter: 0 }), whole({ cutAfter: 0 }), whole({ cutAfter: 0 }));
  await refused(load(), 'E_NETWORK', /cannot be loaded: .*; check the network and run again/);
  await refused(load('http://example.org/x.jsonl'), 'E_USAGE', /plain HTTP can be read and altered on the way/);
  await refused(load('https://'), 'E_USAGE', /this is no address/);
});
