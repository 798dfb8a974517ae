import { type ChildProcess, fork } from 'node:child_process';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { cpus } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { RowError } from '../../src/contracts/errors.js';
import type { Row } from '../../src/contracts/row.js';
import { VllmServers } from '../../src/engines/remote/vllm-servers.js';
import { LIMITS, openInputs } from '../../src/read/inputs/inputs.js';
import { readRows } from '../../src/read/rows.js';
import { openScorer, openTexts, type ScoringSettings } from '../../src/score/open-scorer.js';
import { servedFamily } from '../convert/transformers/served-families.js';
import { tempFolder } from '../temp-folder.js';

/**
 * Compares scoring at a server that answers at once with reading and encoding alone, in turns: what does not cost time at the server must
 * not cost time here.
 *
 *   node dist/test/bench/remote-engine.js ROWS.jsonl ROUNDS [SERVED FOLDER]
 */
const THIS = fileURLToPath(import.meta.url);
const SERVE = 'serve';
/** Rows that are encoded ahead, as with one server. */
const AHEAD = 128;

/** Answers every text with its length, without reading the ids. */
function serve(): void {
  const server = createServer((request, response) => {
    let texts = 0;
    request.on('data', (piece: Buffer) => {
      for (let at = piece.indexOf('['); at >= 0; at = piece.indexOf('[', at + 1)) texts++;
    });
    request.on('end', () => response.end(JSON.stringify(answer(request.url ?? '', texts - 1))));
  });
  server.listen(0, '127.0.0.1', () => process.send?.((server.address() as AddressInfo).port));
}

function answer(path: string, texts: number): object {
  if (path === '/version') return { version: 'instant' };
  if (path === '/v1/models') return { data: [{ id: 'model' }] };
  const data = Array.from({ length: texts }, (_, index) => ({ index, label: '', probs: [index], num_classes: 1 }));
  return { data, model: 'model' };
}

async function* readTimes(file: string, times: number): AsyncGenerator<Row> {
  for (let time = 0; time < times; time++) {
    for await (const row of readRows(await openInputs([file]), LIMITS)) {
      if (row instanceof RowError) throw row;
      yield row;
    }
  }
}

/** Tokens a second of reading and encoding, as many rows ahead as the engine has. */
async function encoding(settings: ScoringSettings, file: string, times: number): Promise<number> {
  const { texts } = await openTexts(settings);
  const start = performance.now();
  let tokens = 0;
  const waiting: Promise<void>[] = [];
  for await (const row of readTimes(file, times)) {
    const encoded = texts.encode(row).then(({ answers }) => {
      for (const { ids } of answers) tokens += ids.length;
    });
    if (waiting.push(encoded) > AHEAD) await waiting.shift();
  }
  await Promise.all(waiting);
  const rate = (1000 * tokens) / (performance.now() - start);
  await texts.close();
  return rate;
}

/** Tokens a second of the whole way to the rankings. */
async function scoring(settings: ScoringSettings, file: string, times: number, tokens: number): Promise<number> {
  await using scorer = await openScorer(settings);
  const start = performance.now();
  for await (const ranking of scorer.rankings(readTimes(file, times), { keep: false, stop: () => {} }))
    if (ranking instanceof RowError) throw ranking;
  return (1000 * tokens) / (performance.now() - start);
}

async function tokensOf(settings: ScoringSettings, file: string): Promise<number> {
  const { texts } = await openTexts(settings);
  let tokens = 0;
  for await (const row of readTimes(file, 1))
    for (const { ids } of (await texts.encode(row)).answers) tokens += ids.length;
  await texts.close();
  return tokens;
}

function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)];
}

async function compare(file: string, rounds: number, folder: string): Promise<void> {
  const server: ChildProcess = fork(THIS, [SERVE]);
  const port = await new Promise((resolve) => server.once('message', resolve));
  // Golden rows would be answered wrongly.
  const run = await VllmServers.at(`http://127.0.0.1:${port}`, { tolerance: Number.MAX_VALUE });
  const settings: ScoringSettings = { model: { folder }, text: { allowSpecial: false }, run };
  const once = await tokensOf(settings, file);
  const times = Math.max(1, Math.round(1e6 / once));
  console.log(`${cpus()[0]?.model}, ${cpus().length} cores; ${times} times ${once} tokens a round`);
  const rates: { encoded: number[]; scored: number[] } = { encoded: [], scored: [] };
  for (let round = 0; round < rounds; round++) {
    rates.encoded.push(await encoding(settings, file, times));
    rates.scored.push(await scoring(settings, file, times, once * times));
  }
  const [encoded, scored] = [median(rates.encoded), median(rates.scored)];
  const million = (rate: number) => `${(rate / 1e6).toFixed(2)} million tokens/s`;
  console.log(
    `reading and encoding ${million(encoded)}, with an instant server ${million(scored)}: ${(scored / encoded).toFixed(3)}`,
  );
  server.kill();
}

const [file, rounds = '5', folder] = process.argv.slice(2);
if (file === SERVE) serve();
else await compare(file, Number(rounds), folder ?? (await servedFamily(join(tempFolder(), 'model'), 'yi')));
