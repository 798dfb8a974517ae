import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parentPort } from 'node:worker_threads';

/** Run as a process or a thread of its own: loads one of the two, and encodes a text. */
const [which, folder, model, text] = process.argv.slice(2);

/** One long word without a place to split. */
const LONG = 3_000_000;

const start = performance.now();
const processorStart = process.cpuUsage();
const encode = await opened();
await encode('What is heavier?');
const milliseconds = performance.now() - start;
const { user, system } = process.cpuUsage(processorStart);
const processor = (user + system) / 1000;
if (text === 'long') {
  let state = 1;
  const letters = Array.from({ length: LONG }, () => {
    state = (state * 48271) % 2147483647;
    return String.fromCharCode(97 + (state % 26));
  });
  const long = letters.join('');
  parentPort?.postMessage('begun');
  for (;;) await encode(long);
} else console.log(JSON.stringify({ milliseconds, processor, mebibytes: process.memoryUsage().rss / 2 ** 20 }));

async function opened(): Promise<(text: string) => Promise<unknown> | unknown> {
  if (which === 'ours') {
    const { loadTokenizer } = await import('../../../src/encode/tokenizer-json/tokenizer.js');
    const run = (await loadTokenizer(model)).runEncoder({ templateTokens: [], allowSpecial: false });
    return (one) => run(one, true);
  }
  const { openRust, withoutSpecials } = await import('./rust.js');
  const json = readFileSync(join(model, 'tokenizer.json'), 'utf8');
  const tokenizer = openRust(folder).Tokenizer.fromString(withoutSpecials(json));
  return async (one) => (await tokenizer.encode(one, null, { addSpecialTokens: false })).getIds();
}
