import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { test } from 'node:test';
import { gzipSync } from 'node:zlib';
import { listFiles } from '@huggingface/hub';
import { parse as parseTemplate, Template, tokenize } from '@huggingface/jinja';
import progress from 'cli-progress';
import { Inflate, ungzip } from 'pako';
import { parse, View } from 'vega';
import { ZSTDDecoder } from 'zstddec/stream';

/** Compressed with Python's zstandard: one frame with a checksum. */
const ZSTD = Buffer.from(
  'KLUv/SS3fQIA1AN7ImlkIjogMCwgInByb21wdCI6ICJRdWVzdGlvbiAwPyIsICJhbnN3ZXJzIjogWyJ5ZXNubyJdfQoxMTIyBgBAFKAc8DBQAghZxqwJBVPKw2Y=',
  'base64',
);

test('zstddec fetches its own bytes where there is a fetch, and shows its functions to _init alone', async () => {
  const own = globalThis.fetch;
  const asked: string[] = [];
  globalThis.fetch = (input, init) => {
    asked.push(String(input).slice(0, 22));
    return own(input, init);
  };
  try {
    const decoder = new ZSTDDecoder();
    await decoder.init();
    assert.deepEqual(asked, ['data:application/wasm;']);
    assert.deepEqual(Object.keys(decoder), []);
    assert.equal(typeof decoder._init, 'function');
  } finally {
    globalThis.fetch = own;
  }
});

test('zstddec says nothing of a checksum that does not fit', async () => {
  const decoder = new ZSTDDecoder();
  await decoder.init();
  const damaged = Buffer.from(ZSTD);
  damaged[damaged.length - 1] ^= 1;
  assert.doesNotThrow(() => decoder.decode(damaged, 183));
});

test('pako gives nothing of what stands before a damaged place, and leaves out members behind zeros', () => {
  const damaged = gzipSync('x'.repeat(1000));
  damaged[damaged.length - 5] ^= 1;
  const inflate = new Inflate();
  assert.equal(inflate.push(damaged, true), false);
  assert.equal(inflate.result?.length ?? 0, 0);
  const members = Buffer.concat([gzipSync('a'), Buffer.alloc(3), gzipSync('b')]);
  assert.equal(Buffer.from(ungzip(members)).toString(), 'a');
});

test('@huggingface/jinja gives a template the date of today', () => {
  assert.match(new Template("{{ strftime_now('%Y') }}").render({}), /^\d{4}$/);
});

test('@huggingface/jinja has no hook for the words that a template looks for, but a tree of parts with these names', () => {
  const types = new Set<unknown>();
  JSON.stringify(
    parseTemplate(tokenize("{{ 'a' in x.split('b') | replace('c', 'd') if x == 'e' else ['f'] }}")),
    (_, value) => {
      if (value?.type) types.add(value.type);
      return value;
    },
  );
  for (const type of [
    'StringLiteral',
    'BinaryExpression',
    'CallExpression',
    'MemberExpression',
    'ArrayLiteral',
    'Ternary',
  ])
    assert.ok(types.has(type), type);
});

test('@huggingface/hub sends the token to the server that a listing goes on at, and checks no entry', async () => {
  const asked: (string | null)[] = [];
  const answers: typeof fetch = async (input, init) => {
    asked.push(`${new URL(String(input)).host} ${new Headers(init?.headers).get('authorization')}`);
    const link = '<https://elsewhere.invalid/>; rel="next"';
    return new Response('[{"type":"file","path":7}]', { headers: asked.length === 1 ? { link } : {} });
  };
  const paths: unknown[] = [];
  const question = { repo: 'a/b', fetch: answers, accessToken: 'hf_x', hubUrl: 'https://hub.invalid' };
  for await (const { path } of listFiles(question)) paths.push(path);
  assert.deepEqual(asked, ['hub.invalid Bearer hf_x', 'elsewhere.invalid Bearer hf_x']);
  assert.deepEqual(paths, [7, 7]);
});

test('cli-progress saves the cursor and puts it back to where its bar began', () => {
  const written: string[] = [];
  const stream = Object.assign(Object.create(process.stderr), {
    isTTY: true,
    columns: 80,
    write: (text: string) => written.push(text),
    on: () => stream,
    once: () => stream,
    removeListener: () => stream,
  });
  const bar = new progress.SingleBar({ stream });
  bar.start(10, 0);
  bar.stop();
  assert.ok(written.includes('\x1b7') && written.includes('\x1b8'));
});

test('vega draws grounds that are never painted, and names for scripts', async () => {
  const view = new View(parse({ width: 10, height: 10, marks: [{ type: 'group' }] }), { renderer: 'none' });
  assert.match(await view.toSVG(), /<path class="background"/);
  view.finalize();
});

test('onnxruntime-node reads the settings of telemetry and of attention from the environment', () => {
  const main = createRequire(import.meta.url).resolve('onnxruntime-node');
  const folder = join(dirname(main), '../bin/napi-v6', process.platform, process.arch);
  const libraries = readdirSync(folder).filter((name) => /onnxruntime\.(so|dylib|dll|[\d.]+dylib)/.test(name));
  const bytes = Buffer.concat(libraries.map((name) => readFileSync(join(folder, name))));
  for (const name of ['ORT_DISABLE_TELEMETRY', 'ORT_GQA_DISABLE_FLASH_ATTENTION'])
    assert.ok(bytes.includes(name), name);
});
