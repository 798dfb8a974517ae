import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { Xoshiro128 } from '../../src/measure/bootstrap/xoshiro128.js';
import { SAMPLE, SHARED } from '../root.js';

/** A row on the command's standard input. */
export interface BenchRow {
  prompt: string;
  answers: { answer: string }[];
}

export interface Mix {
  name: string;
  rows: BenchRow[];
}

const PROMPT_TOKENS = 150;
const ANSWER_TOKENS = [40, 80, 120, 200, 260, 350, 500];
const DEV_SETS = ['arena_bench_7wise', 'alpaca_eval_7wise', 'alpaca_eval_many', 'rmb_bon', 'rmb_chain'];

/** Words that are one token each in most vocabularies, so that a text of n words has about n tokens. */
const WORDS =
  'the of and to in a is that for it was on are as with they be at one have this from by hot word but what some we can out other were all there when up use your how said an each she which do their time if will way about many then them write would like so these her long make thing see him two has look more day could go come did number sound no most people my over know water than call first who may down side been now find any new work part take get place made live where after back little only round man year came show every good me give our under name very through just form sentence great think say help low line differ turn cause much mean before move right boy old too same tell does set three want air well also play small end put home read hand port large spell add even land here must big high such follow act why ask men change went light kind off need house picture try us again animal point mother world near build self earth father head stand own page should country found answer school grow study still learn plant cover food sun four between state keep eye never last let thought city tree cross farm hard start might story saw far sea draw left late run while press close night real life few north'.split(
    ' ',
  );

/**
 * Rows with a prompt of about 150 tokens and seven answers of about 40 to 500 tokens; the same every time.
 * @param length factor on these lengths, e.g. 0.1
 */
export function syntheticMix(count: number, length: number): Mix {
  const random = Xoshiro128.seeded(5);
  const words = (tokens: number) =>
    Array.from({ length: Math.ceil(tokens * length) }, () => WORDS[random.below(WORDS.length)]).join(' ');
  const row = () => ({
    prompt: `\n\nHuman: ${words(PROMPT_TOKENS)}\n\nAssistant: `,
    answers: ANSWER_TOKENS.map((tokens) => ({ answer: words(tokens) })),
  });
  return { name: 'synthetic', rows: Array.from({ length: count }, row) };
}

/** Rows of the development sets beside the repository, equally many from each and evenly spaced; without these, rows of the fixtures. */
export function realMix(count: number): Mix {
  const files = DEV_SETS.map((set) => join(SHARED, `data/${set}.dev.jsonl.gz`));
  if (!files.every((file) => existsSync(file))) return { name: 'fixtures', rows: evenly(rowsOf(SAMPLE), count) };
  const each = Math.ceil(count / files.length);
  const sets = files.map((file) => evenly(rowsOf(file), each));
  // Rows alternate between the sets.
  const rows = Array.from({ length: each }, (_, i) => sets.map((set) => set[i])).flat();
  return { name: 'dev rows', rows: rows.slice(0, count) };
}

function rowsOf(file: string): BenchRow[] {
  const bytes = readFileSync(file);
  return (file.endsWith('.gz') ? gunzipSync(bytes) : bytes)
    .toString()
    .split('\n')
    .filter(Boolean)
    .map((line) => JSON.parse(line));
}

function evenly<Item>(items: readonly Item[], count: number): Item[] {
  return Array.from({ length: Math.min(count, items.length) }, (_, i) => items[Math.floor((i * items.length) / count)]);
}
