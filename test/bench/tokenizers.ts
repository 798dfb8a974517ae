import { readdirSync, readFileSync } from 'node:fs';
import { cpus, loadavg } from 'node:os';
import { join } from 'node:path';
import { writeOpenchatTokenizer } from '../encode/openchat-tokenizer.js';
import { writeOracleTokenizer } from '../encode/tokenizer-json/pieces-oracle.js';
import { MODEL, ROOT } from '../root.js';
import { bytesOf, type Compared, ended, speed, starts } from './tokenizers/cost.js';
import { type Agreed, hardTexts, jointTexts, pairs } from './tokenizers/ids.js';
import { openRust, packageFolder } from './tokenizers/rust.js';

/**
 * Compares the official Rust tokenizers for Node with src/encode/tokenizer-json. docs/decisions.md has the results.
 *
 *     npm install --prefix /tmp/tk tokenizers@0.23.2
 *     node dist/test/bench/tokenizers.js /tmp/tk/node_modules
 */
const [folder] = process.argv.slice(2);
if (folder === undefined) throw new Error('usage: node dist/test/bench/tokenizers.js FOLDER-WITH-tokenizers');
const ROUNDS = 9;

const library = openRust(folder);
const { version } = JSON.parse(readFileSync(join(packageFolder(folder), 'package.json'), 'utf8'));
const [{ model: processor }, ...others] = cpus();
print(`tokenizers ${version} for Node against src/encode/tokenizer-json, ${new Date().toISOString().slice(0, 10)}`);
print(
  `${processor}, ${others.length + 1} cores, load ${loadavg()[0].toFixed(1)}, Node ${process.version}; ${ROUNDS} rounds in turns, median (least to most)`,
);

print('\nTexts with the ids of tokenizers 0.23.3 for Python');
for (const agreed of [...(await hardTexts(library)), ...(await jointTexts(library)), await pairs(library)])
  printAgreed(agreed);

const openchat = writeOpenchatTokenizer();
for (const [name, model] of [
  ['the embedded model (BPE, words)', MODEL],
  ['OpenChat-3.5 (BPE, no words)', openchat],
  ['an encoder (Unigram)', writeOracleTokenizer('deberta-v3')],
]) {
  print(`\nTokens a second of the processor, one thread, tokenizer of ${name}`);
  for (const one of await speed(library, model, ROUNDS)) printCompared(one);
}
for (const [name, model] of [
  ['the embedded model', MODEL],
  ['OpenChat-3.5', openchat],
]) {
  print(`\nStart with the tokenizer of ${name}, a process each; theirs one rewritten file`);
  for (const one of await starts(folder, model, ROUNDS)) printCompared(one);
}

print('\nA thread that is ended while it encodes 3,000,000 letters');
for (const which of ['ours', 'rust']) {
  const { seconds, after } = await ended(which, folder);
  print(
    `  ${which}: gone after ${seconds.toFixed(2)} s; in the second after that ${after.toFixed(2)} s of processor time`,
  );
}

print('\nInstalled');
const mebibytes = (bytes: number) => `${(bytes / 2 ** 20).toFixed(1)} MiB`;
const binaries = readdirSync(packageFolder(folder)).filter((name) => name.endsWith('.node'));
print(
  `  theirs: ${mebibytes(bytesOf(packageFolder(folder)))}, ${binaries.length} binaries for as many platforms in one package`,
);
print(
  `  ours: ${mebibytes(bytesOf(join(ROOT, 'dist/src/encode/tokenizer-json')) + bytesOf(join(ROOT, 'node_modules/@huggingface/tokenizers')))}, @huggingface/tokenizers included`,
);
process.exit();

function print(line: string): void {
  process.stdout.write(`${line}\n`);
}

function printAgreed({ what, texts, ours, rust }: Agreed): void {
  print(`  ${what}: ours ${ours}, theirs ${rust} of ${texts}`);
}

function printCompared({ what, unit, ours, rust, ratio }: Compared): void {
  const digits = (value: number) => value.toFixed(value < 10 ? 2 : 0);
  const text = ({ median, low, high }: Compared['ours']) => `${digits(median)} (${digits(low)} to ${digits(high)})`;
  print(`  ${what}: ours ${text(ours)} ${unit}, theirs ${text(rust)}; ours / theirs ${text(ratio)}`);
}
