import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { createWriteStream, readFileSync, statSync, writeFileSync } from 'node:fs';
import { cpus, loadavg } from 'node:os';
import { basename, join } from 'node:path';
import { parseArgs } from 'node:util';
import { BLOCK_ROWS } from '../../src/read/choose/shard.js';
import { openDuckDb, sqlText } from '../../src/tables/duckdb.js';
import { ROOT } from '../root.js';
import { tempFolder } from '../temp-folder.js';
import { syntheticMix } from './mixes.js';
import { spreadOf } from './spread.js';

/**
 * The figures of docs/scale.md: throughput with workers and with shards beside each other, a row of another model beside the embedded one,
 * what a shard costs to start, to pass over, and to read rows of others, and how soon an Arrow batch is answered.
 *
 *     npm run build && node dist/test/bench/scale.js [--rows 34] [--rounds 5] [--many 200000] [--model FOLDER]
 *
 * `--length 0.25` makes the texts shorter, and `--parts` chooses some of throughput, model, shards and arrow, for a busy machine.
 */
const { values: flags } = parseArgs({
  options: {
    rows: { type: 'string', default: '34' },
    rounds: { type: 'string', default: '5' },
    many: { type: 'string', default: '200000' },
    model: { type: 'string' },
    length: { type: 'string', default: '1' },
    parts: { type: 'string', default: 'throughput,model,shards,arrow' },
  },
});
const ROWS = Number(flags.rows);
const ROUNDS = Number(flags.rounds);
const MANY = Number(flags.many);
const LENGTH = Number(flags.length);
/** Rows of the short runs, whose time is taken off so that starts do not count. */
const FEW = 2;

const BIN = join(ROOT, 'bin/starling-rm');
const PYTHON = process.env.STARLING_RM_PYTHON ?? 'python3';
const folder = tempFolder();
const path = (name: string) => join(folder, name);

/** Seconds. The time of the processor counts what the process used, whatever else ran. */
interface Cost {
  wall: number;
  processor: number;
}

type Ways = Readonly<Record<string, () => Promise<Cost>>>;

let runs = 0;

/** The cost of runs of `score` side by side. */
async function costOf(...commands: (readonly string[])[]): Promise<Cost> {
  const start = performance.now();
  const times = commands.map(async (args) => {
    const file = path(`time-${runs++}`);
    const child = spawn('/usr/bin/time', ['-f', '%U %S', '-o', file, BIN, 'score', '-q', ...args], { stdio: 'ignore' });
    const [code] = await once(child, 'exit');
    if (code !== 0) throw new Error(`score ${args.join(' ')}: exit code ${code}`);
    const [user = Number.NaN, system = Number.NaN] = readFileSync(file, 'utf8').trim().split(' ').map(Number);
    return user + system;
  });
  const processor = (await Promise.all(times)).reduce((sum, one) => sum + one, 0);
  return { wall: (performance.now() - start) / 1000, processor };
}

/** Measures each way once in each round, and prints and returns the medians. */
async function medians(ways: Ways): Promise<Record<string, Cost>> {
  const costs: Record<string, Cost[]> = Object.fromEntries(Object.keys(ways).map((name) => [name, []]));
  for (let round = 0; round < ROUNDS; round++) {
    for (const [name, way] of Object.entries(ways)) costs[name].push(await way());
  }
  const found = Object.entries(costs).map(([name, all]) => {
    const median = (kind: keyof Cost) => spreadOf(all.map((cost) => cost[kind])).median;
    const cost = { wall: median('wall'), processor: median('processor') };
    console.log(`  ${name}: ${cost.wall.toFixed(2)} s, ${cost.processor.toFixed(2)} s of the processor`);
    return [name, cost] as const;
  });
  return Object.fromEntries(found);
}

function writeRows(): void {
  const lines = syntheticMix(ROWS, LENGTH).rows.map((row) => `${JSON.stringify(row)}\n`);
  writeFileSync(path('all.jsonl'), lines.join(''));
  writeFileSync(path('few.jsonl'), lines.slice(0, FEW).join(''));
  writeFileSync(path('even.jsonl'), lines.filter((_, i) => i % 2 === 0).join(''));
  writeFileSync(path('odd.jsonl'), lines.filter((_, i) => i % 2 === 1).join(''));
}

const withWorkers = (name: string, workers: number) => [path(name), '--workers', `${workers}`, '--threads', '1'];

async function throughput(): Promise<void> {
  console.log(`throughput, ${ROWS} rows`);
  const found = await medians({
    '1 worker': () => costOf(withWorkers('all.jsonl', 1)),
    '2 workers': () => costOf(withWorkers('all.jsonl', 2)),
    'two processes of 1 worker, half of the rows each': () =>
      costOf(withWorkers('even.jsonl', 1), withWorkers('odd.jsonl', 1)),
    [`${FEW} rows, 1 worker`]: () => costOf(withWorkers('few.jsonl', 1)),
    [`${FEW} rows, 2 workers`]: () => costOf(withWorkers('few.jsonl', 2)),
  });
  for (const kind of ['wall', 'processor'] as const) {
    const row = (workers: string) => (found[workers][kind] - found[`${FEW} rows, ${workers}`][kind]) / (ROWS - FEW);
    const [one, two] = [row('1 worker'), row('2 workers')];
    console.log(`  a row without the start, ${kind}: ${one.toFixed(3)} s, with 2 workers ${two.toFixed(3)} s`);
  }
}

/** Runs with one worker, in turns with the embedded model. */
async function otherModel(model: string): Promise<void> {
  const most = 3 * FEW;
  console.log(`a row of ${basename(model)} beside one of the embedded model`);
  const limited = (rows: number) => ['--limit', `${rows}`];
  const other = ['--model', model, '--readout', 'last-token'];
  const found = await medians({
    many: () => costOf([...withWorkers('all.jsonl', 1), ...limited(most)]),
    few: () => costOf([...withWorkers('all.jsonl', 1), ...limited(FEW)]),
    'other, many': () => costOf([...withWorkers('all.jsonl', 1), ...limited(most), ...other]),
    'other, few': () => costOf([...withWorkers('all.jsonl', 1), ...limited(FEW), ...other]),
  });
  const embedded = (found.many.processor - found.few.processor) / (most - FEW);
  const row = (found['other, many'].processor - found['other, few'].processor) / (most - FEW);
  console.log(`  a row: ${row.toFixed(2)} s of the processor, ${(row / embedded).toFixed(1)} times the embedded model`);
}

/** Writes MANY rows of about 5 kB, with the same texts, in two formats. */
async function writeMany(): Promise<void> {
  const stream = createWriteStream(path('many.jsonl'));
  const { prompt, answers } = syntheticMix(1, 0.6).rows[0];
  for (let i = 0; i < MANY; i++) {
    if (!stream.write(`${JSON.stringify({ id: `row-${i}`, prompt, answers })}\n`)) await once(stream, 'drain');
  }
  stream.end();
  await once(stream, 'close');
  const database = await openDuckDb({ threads: 2, memory: 2048 });
  const rows = `FROM read_json(${sqlText(path('many.jsonl'))})`;
  await database.run(`COPY (${rows}) TO ${sqlText(path('many.parquet'))} (FORMAT parquet)`);
  database.close();
}

async function shardCosts(): Promise<void> {
  await writeMany();
  const own = [path('few.jsonl'), '--shard', '0/1', '--resume', '-o', path('whole.jsonl')];
  await costOf(own);
  // One more shard than there are blocks of rows, so the last one has none.
  const shards = Math.ceil(MANY / BLOCK_ROWS) + 1;
  const none = ['--shard', `${shards - 1}/${shards}`];
  console.log(`shards; ${MANY} rows of others`);
  const found = await medians({
    'one row': () => costOf([path('few.jsonl'), '--limit', '1']),
    'a whole shard is passed over': () => costOf(own),
    'no row of its own': () => costOf([path('few.jsonl'), '--shard', '1/2']),
    'no row of its own, JSON lines of others': () => costOf([path('many.jsonl'), ...none]),
    'no row of its own, Parquet of others': () => costOf([path('many.parquet'), ...none]),
  });
  const start = found['no row of its own'].processor;
  for (const [name, file] of [
    ['JSON lines', 'many.jsonl'],
    ['Parquet', 'many.parquet'],
  ] as const) {
    const seconds = found[`no row of its own, ${name} of others`].processor - start;
    const megabytes = statSync(path(file)).size / 1e6;
    const rate = `${Math.round(MANY / seconds)} rows and ${Math.round(megabytes / seconds)} MB`;
    console.log(`  ${name} of other shards: ${rate} per second of the processor`);
  }
}

/** Batches of 4 short rows, each of which is written after the answer of the one before has arrived. */
function arrowAnswers(): void {
  const script = join(ROOT, 'test/cli/score/lockstep.py');
  const command = [BIN, 'score', '-q', '--format', 'arrow', '--workers', '2', '--threads', '1'];
  const { status, stdout, stderr } = spawnSync(PYTHON, [script, '20', '4', '40', ...command], { encoding: 'utf8' });
  if (status !== 0) throw new Error(stderr);
  const [first, ...later] = (JSON.parse(stdout) as { seconds: number[] }).seconds;
  const { median, low, high } = spreadOf(later);
  console.log('Arrow batches of 4 rows, each written after the answer of the one before');
  console.log(`  the first answer after ${first.toFixed(2)} s, the start included`);
  console.log(`  the others after ${median.toFixed(3)} s (${low.toFixed(3)} to ${high.toFixed(3)})`);
}

console.log(`${cpus()[0].model}, ${cpus().length} cores, Node ${process.version}; load ${loadavg()[0].toFixed(1)}`);
console.log(`rows of 150 + 7 x 40 to 500 tokens, times ${LENGTH}; medians of ${ROUNDS} rounds, in turns`);
const parts = new Set(flags.parts.split(','));
writeRows();
if (parts.has('throughput')) await throughput();
if (parts.has('model') && flags.model !== undefined) await otherModel(flags.model);
if (parts.has('shards')) await shardCosts();
if (parts.has('arrow')) arrowAnswers();
console.log(`load at the end ${loadavg()[0].toFixed(1)}`);
