import { execFile } from 'node:child_process';
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { Worker } from 'node:worker_threads';
import { loadTokenizer } from '../../../src/encode/tokenizer-json/tokenizer.js';
import { ORACLE } from '../../encode/tokenizer-json/pieces-oracle.js';
import { MODEL, SAMPLE } from '../../root.js';
import { type Spread, spreadOf } from '../spread.js';
import { type RustLibrary, withoutSpecials } from './rust.js';

/** Rounds, in which both libraries take turns. */
export interface Compared {
  what: string;
  unit: string;
  ours: Spread;
  rust: Spread;
  /** Ratio of ours to theirs, round by round. */
  ratio: Spread;
}

export function compared(what: string, unit: string, ours: readonly number[], rust: readonly number[]): Compared {
  const ratio = spreadOf(ours.map((value, round) => value / rust[round]));
  return { what, unit, ours: spreadOf(ours), rust: spreadOf(rust), ratio };
}

/** Encodes all texts. */
type Pass = () => Promise<unknown> | unknown;

/**
 * Tokens a second of processor time with one thread: one call a text, as rows arrive, and one call for all texts. Processor time does not
 * depend on other work of the machine. Both libraries cache the ids of words, so each round begins with empty caches: its first pass
 * measures new text, its second pass text that was seen before.
 */
export async function speed(library: RustLibrary, folder: string, rounds: number): Promise<Compared[]> {
  const json = withoutSpecials(readFileSync(join(folder, 'tokenizer.json'), 'utf8'));
  const tokenizer = await loadTokenizer(folder);
  const fresh = () => tokenizer.runEncoder({ templateTokens: [], allowSpecial: false });
  const options = { addSpecialTokens: false };
  const results: Compared[] = [];
  for (const [name, texts] of [
    ['rows of the sample', sampleTexts()],
    ['hard texts', ORACLE.texts],
  ] as const) {
    const encode = fresh();
    const tokens = texts.reduce((sum, text) => sum + encode(text, true).length, 0);
    const ways: Record<'ours' | 'one' | 'batch', () => Pass> = {
      ours: () => {
        const run = fresh();
        return () => texts.map((text) => run(text, true));
      },
      one: () => {
        const rust = library.Tokenizer.fromString(json);
        return async () => {
          for (const text of texts) (await rust.encode(text, null, options)).getIds();
        };
      },
      batch: () => {
        const rust = library.Tokenizer.fromString(json);
        return async () => (await rust.encodeBatch([...texts], options)).map((found) => found.getIds());
      },
    };
    const found: Record<string, number[][]> = { ours: [[], []], one: [[], []], batch: [[], []] };
    for (let round = 0; round < rounds; round++) {
      for (const [way, open] of Object.entries(ways)) {
        const pass = open();
        for (const perSecond of found[way]) {
          const start = process.cpuUsage();
          await pass();
          perSecond.push(tokens / secondsSince(start));
        }
      }
    }
    for (const [i, which] of ['new', 'again'].entries()) {
      results.push(compared(`${name}, ${which}, a call a text`, 'tokens/s', found.ours[i], found.one[i]));
      results.push(compared(`${name}, ${which}, one call (theirs)`, 'tokens/s', found.ours[i], found.batch[i]));
    }
  }
  return results;
}

function sampleTexts(): string[] {
  const texts = (value: unknown): string[] => {
    if (typeof value === 'string') return [value];
    return typeof value === 'object' && value !== null ? Object.values(value).flatMap(texts) : [];
  };
  return texts(
    readFileSync(SAMPLE, 'utf8')
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line)),
  );
}

interface Start {
  milliseconds: number;
  /** Processor time of all threads, in milliseconds. */
  processor: number;
  mebibytes: number;
}

/** In a new process each: milliseconds from before loading the library to the first ids, and the memory then in use. */
export async function starts(folder: string, tokenizer: string, rounds: number): Promise<Compared[]> {
  const [ours, rust]: Start[][] = [[], []];
  for (let round = 0; round < rounds; round++) {
    ours.push(await started('ours', folder, tokenizer));
    rust.push(await started('rust', folder, tokenizer));
  }
  const values = (key: 'milliseconds' | 'processor' | 'mebibytes') =>
    [ours, rust].map((all) => all.map((one) => one[key]));
  const of = (what: string, unit: string, [our, their]: number[][]) => compared(what, unit, our, their);
  return [
    of('from loading the library to the first ids', 'ms', values('milliseconds')),
    of('the same, time of the processor', 'ms', values('processor')),
    of('the process then', 'MiB', values('mebibytes')),
  ];
}

async function started(which: string, folder: string, tokenizer: string): Promise<Start> {
  const script = fileURLToPath(new URL('./start.js', import.meta.url));
  const { stdout } = await promisify(execFile)(process.execPath, [script, which, folder, tokenizer]);
  return JSON.parse(stdout);
}

export interface Ended {
  /** Seconds until the thread is gone. */
  seconds: number;
  /** Processor seconds of the process in the second after that. */
  after: number;
}

/** Terminates a thread while it encodes a text of one long word. */
export async function ended(which: string, folder: string): Promise<Ended> {
  const worker = new Worker(new URL('./start.js', import.meta.url), { argv: [which, folder, MODEL, 'long'] });
  await new Promise((begun) => worker.once('message', begun));
  await new Promise((waited) => setTimeout(waited, 300));
  const start = performance.now();
  await worker.terminate();
  const seconds = (performance.now() - start) / 1000;
  const before = process.cpuUsage();
  await new Promise((waited) => setTimeout(waited, 1000));
  return { seconds, after: secondsSince(before) };
}

/** Processor seconds of all threads. */
function secondsSince(start: NodeJS.CpuUsage): number {
  const { user, system } = process.cpuUsage(start);
  return (user + system) / 1e6;
}

/** Bytes of all files below a folder. */
export function bytesOf(folder: string): number {
  return readdirSync(folder, { withFileTypes: true, recursive: true })
    .filter((entry) => entry.isFile())
    .reduce((sum, entry) => sum + statSync(join(entry.parentPath, entry.name)).size, 0);
}
