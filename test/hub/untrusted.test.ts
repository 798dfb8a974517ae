import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { readdir, rm } from 'node:fs/promises';
import type { ServerResponse } from 'node:http';
import { createServer } from 'node:https';
import { dirname, join } from 'node:path';
import { test } from 'node:test';
import { shell } from '../cli/run.js';
import { tempFolder } from '../temp-folder.js';
import { COMMIT, type Fault, gitSha1, type HubOptions, type HubServer, sha256 } from './hub-server.js';
import { CONFIG, FILES, folder, hub, LARGE, load, NAME, refused, WEIGHTS } from './loading.js';

const TREE = `/api/models/${NAME}/tree/${COMMIT}`;
const TOKEN = { environment: { token: 'hf_secret' } };

/** A hub that gives other answers to some requests. */
function hostile(at: RegExp, answer: Fault): Promise<HubServer> {
  return hub({ fault: ({ url }) => (at.test(url) ? answer : undefined) });
}

function page(entries: unknown, next?: string): Fault {
  return {
    answer: (response) => {
      if (next !== undefined) response.setHeader('link', `<${next}>; rel="next"`);
      response.end(JSON.stringify(entries));
    },
  };
}

function redirect(location: string, status = 302): Fault {
  return { answer: (response) => response.writeHead(status, { location }).end() };
}

const listed = (path: string) => ({ type: 'file', path, size: CONFIG.length, oid: gitSha1(CONFIG) });

/** Sends bytes forever, as fast as they are read. */
function endless(response: ServerResponse, piece: string): void {
  const more = () => !response.destroyed && response.write(piece, more);
  more();
}

test('a listing that continues at another server is refused, and that server gets no token', async () => {
  const elsewhere = await hub();
  const server = await hostile(/\/tree\//, page([listed('config.json')], `${elsewhere.endpoint}${TREE}?cursor=1`));
  await refused(load(server, TOKEN), 'E_NETWORK', /its listing goes on at another server, http:\/\/127\.0\.0\.1:\d+/);
  assert.deepEqual(elsewhere.log, []);
});

test('the token is not sent after a redirect to another server, for any request', async () => {
  const elsewhere = await hub();
  for (const question of ['/revision/', '/tree/', '/resolve/']) {
    const server = await hub({
      fault: ({ url }) => (url.includes(question) ? redirect(`${elsewhere.endpoint}${url}`, 307) : undefined),
    });
    await load(server, TOKEN);
    assertToken(server);
    await rm(folder(), { recursive: true });
  }
  assert.ok(elsewhere.log.some(({ url }) => url.includes('/resolve/')));
  assert.deepEqual([...new Set(elsewhere.log.map(({ authorization }) => authorization))], [undefined]);
});

test('a redirect within the hub keeps the token, as for a renamed repository', async () => {
  const server = await hub({
    fault: ({ url }) =>
      url.includes('/revision/main?') ? redirect(url.replace('main?', `${COMMIT}?`), 307) : undefined,
  });
  await load(server, TOKEN);
  assert.ok(server.requestsFor('config.json').length > 0);
  assertToken(server);
});

/** Whether all requests to the hub itself had the token. */
function assertToken({ log }: HubServer): void {
  const own = log.filter(({ url }) => !url.startsWith('/store/'));
  assert.ok(own.length > 0 && own.every(({ authorization }) => authorization === 'Bearer hf_secret'));
}

test('endless redirects and redirects to invalid addresses are refused', async () => {
  await refused(load(await hostile(/revision/, redirect('?again'))), 'E_NETWORK', /more than 10 redirects in a row/);
  for (const location of ['file:///etc/hostname', 'data:application/json,{}', 'ftp://127.0.0.1/x']) {
    await refused(load(await hostile(/revision/, redirect(location))), 'E_NETWORK', /a redirect from http: to \w+:/);
  }
});

test('a listing whose pages form a circle or never end is refused', async () => {
  const circle = await hub({ fault: ({ url }) => (url.includes('/tree/') ? circular : undefined) });
  const circular: Fault = page([], `${circle.endpoint}${TREE}?cursor=1`);
  await refused(load(circle), 'E_NETWORK', /the pages of its listing form a circle/);

  let pages = 0;
  const onward: Fault = {
    answer: (response) => {
      response.setHeader('link', `<${forever.endpoint}${TREE}?cursor=${++pages}>; rel="next"`);
      response.end('[]');
    },
  };
  const forever = await hub({ fault: ({ url }) => (url.includes('/tree/') ? onward : undefined) });
  await refused(load(forever), 'E_NETWORK', /its listing does not end after 1000 pages/);
});

test('a listing of a million files is refused', async () => {
  let pages = 0;
  const many: Fault = {
    answer: (response) => {
      pages++;
      response.setHeader('link', `<${server.endpoint}${TREE}?cursor=${pages}>; rel="next"`);
      response.end(JSON.stringify(Array.from({ length: 10_000 }, (_, n) => listed(`${pages}-${n}`))));
    },
  };
  const server = await hub({ fault: ({ url }) => (url.includes('/tree/') ? many : undefined) });
  await refused(load(server), 'E_NETWORK', /its listing does not end after 100000 entries/);
});

test('an endless answer is refused before it fills the memory', async () => {
  const server = await hostile(/revision/, { answer: (response) => endless(response, '"'.padEnd(2 ** 20)) });
  await refused(load(server), 'E_NETWORK', /an answer of more than 16 MiB/);
});

test('an answer that trickles in forever is cut, for a request and for a file', async () => {
  const trickle: Fault = {
    answer: (response) => {
      const timer = setInterval(() => response.write(' '), 20);
      response.once('close', () => clearInterval(timer));
    },
  };
  const slow = { environment: { idle: 300 } };
  await refused(load(await hostile(/revision/, trickle), slow), 'E_NETWORK', /less than 1024 bytes a second came/);
  await refused(
    load(await hostile(/\/resolve\/.*config/, trickle), slow),
    'E_NETWORK',
    /less than 1024 bytes a second/,
  );
});

test('JSON that is not an answer of a hub is an error', async () => {
  for (const nonsense of ['null', '[]', '7', '"sha"']) {
    await refused(
      load(await hostile(/revision/, { page: nonsense })),
      'E_NETWORK',
      /does not answer as a hub does: JSON/,
    );
  }
  for (const nonsense of ['null', '{}', '7', '[null]', '[7]', '"config.json"', '[["file"]]']) {
    await refused(load(await hostile(/tree/, { page: nonsense })), 'E_NETWORK', /does not answer as a hub does: JSON/);
  }
  const odd = { ...listed('config.json'), size: '22' };
  await refused(load(await hostile(/tree/, page([odd]))), 'E_NETWORK', /no size and digest of config\.json/);
  const twice = page([listed('config.json'), listed('config.json')]);
  await refused(load(await hostile(/tree/, twice)), 'E_NETWORK', /config\.json twice in its listing/);
});

test('files are never loaded if their names lead out of the folder or are not plain names', async () => {
  const names = ['../../config.json', '/tmp/config.json', 'a/../b.safetensors', '..\\x.safetensors', 'x\0.safetensors'];
  names.push('.', '..', '', 'c:x.safetensors', 'x\n.safetensors', '\u001b[2J.safetensors');
  const files = new Map<string, Uint8Array>([...FILES, ...names.map((name) => [name, CONFIG] as const)]);
  const loaded = await load(await hub({ files }));
  assert.deepEqual((await readdir(loaded.folder)).sort(), [
    'config.json',
    WEIGHTS,
    'tokenizer.json',
    'tokenizer_config.json',
  ]);
  assert.deepEqual(await readdir(dirname(folder())), ['models--some-one--reward.model']);
  const onlyOdd = new Map(names.map((name) => [name, CONFIG]));
  await refused(load(await hub({ files: onlyOdd })), 'E_CHECKPOINT', /no weights/);
  const number = [...[...FILES].map(([name]) => listed(name)), { ...listed('x'), path: 7 }];
  await load(await hostile(/tree/, page(number)));
});

test('two names that differ only in case or normal form are refused', async () => {
  const files = new Map([...FILES, ['tokenizer.JSON', CONFIG]]);
  await refused(
    load(await hub({ files })),
    'E_CHECKPOINT',
    /tokenizer\.json and tokenizer\.JSON are one file on some disks/,
  );
});

test('settings of an absurd size are refused before they are loaded', async () => {
  const server = await hub({ listedSize: new Map([['tokenizer.json', 6e11]]) });
  await refused(load(server), 'E_CHECKPOINT', /tokenizer\.json has 600,000 MB; expected at most 512 MB/);
  assert.deepEqual(server.requestsFor('tokenizer.json'), []);
});

test('an answer with a wrong content length counts as cut, and one with more bytes than listed as another file', async () => {
  const announced = (length: number): Fault => ({
    answer: (response) => {
      response.writeHead(200, { 'content-length': length });
      response.write(LARGE.subarray(0, 200_000));
      response.destroy();
    },
  });
  await load(await hub({ fault: onceEach(LARGE, announced(9e9), announced(200_001)) }));
  const other = Buffer.alloc(300_001, 'q');
  const flood: Fault = { answer: (response) => endless(response, 'x'.padEnd(2 ** 16)) };
  const flooding = await hub({ files: new Map([...FILES, [WEIGHTS, other]]), fault: onceEach(other, flood) });
  await refused(load(flooding), 'E_DIGEST', /another size or SHA-256 than the hub lists/);
});

/** Faults for the first requests for bytes of a file. */
function onceEach(bytes: Uint8Array, ...faults: Fault[]): HubOptions['fault'] {
  return ({ url }) => (url === `/store/${sha256(bytes)}` ? faults.shift() : undefined);
}

const openssl = spawnSync('openssl', ['version']).status === 0;

test('a redirect from HTTPS to plain HTTP is refused', {
  skip: !openssl && 'NOT TESTED: no openssl',
}, async () => {
  const [key, cert] = ['key.pem', 'cert.pem'].map((name) => join(tempFolder(), name));
  const made = [
    'req',
    '-x509',
    '-newkey',
    'rsa:2048',
    '-nodes',
    '-subj',
    '/CN=127.0.0.1',
    '-keyout',
    key,
    '-out',
    cert,
  ];
  assert.equal(spawnSync('openssl', made).status, 0);
  const plain = await hub();
  const secure = createServer({ key: readFileSync(key), cert: readFileSync(cert) }, ({ url }, response) => {
    response.writeHead(302, { location: `${plain.endpoint}${url}` }).end();
  });
  await new Promise<void>((resolve) => secure.listen(0, '127.0.0.1', resolve));
  const address = secure.address();
  assert.ok(typeof address === 'object' && address !== null);
  const hubs = `HF_ENDPOINT=https://127.0.0.1:${address.port} HF_TOKEN=hf_secret HF_HOME=${tempFolder()}`;
  const command = `NODE_TLS_REJECT_UNAUTHORIZED=0 ${hubs} starling-rm convert ${NAME} ${join(tempFolder(), 'model')}`;
  const { code, stderr } = await shell(command);
  secure.close();
  assert.equal(code, 2, stderr);
  assert.match(stderr, /E_NETWORK: .*a redirect from https: to http:/);
  assert.deepEqual(plain.log, []);
});
