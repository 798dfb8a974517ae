import { spawnSync } from 'node:child_process';
import { mkdir, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { InferenceSession, Tensor } from 'onnxruntime-node';
import { OnnxGraph } from '../../src/convert/graph/onnx-graph.js';
import { buildRewardGraph } from '../../src/convert/graph/reward-graph.js';
import { q4Arithmetic } from '../../src/convert/quantize/q4.js';
import { WeightFile } from '../../src/convert/weight-file.js';
import { planRow } from '../../src/engines/local/plan/plan.js';
import { RewardSession } from '../../src/engines/local/session.js';
import { Xoshiro128 } from '../../src/measure/bootstrap/xoshiro128.js';
import { sha256 } from '../../src/model/files.js';
import { randomWeights, shapesAlone, unread } from './random-model.js';

/**
 * Measures the cost of scoring with a model of Llama-2-7B's shapes in q4. The weights are random and written directly as a model folder,
 * because the results do not depend on them. Measured are the time to load, the peak memory, and the tokens a second for one row with a
 * prompt of 150 tokens and seven answers. For comparison, the bare matrix products with the same numbers of tokens run in the same process.
 * With fewer LAYERS than the model has, a smaller machine is enough.
 *
 *   node dist/test/bench/large-q4.js FOLDER [LAYERS [TOKENS,…]]
 *
 * FOLDER is made, and deleted at the end. TOKENS: lengths of the answers (40,80,120,200,260,350,500).
 */
const SHAPE = {
  ...{ width: 4096, heads: 32, kvHeads: 32, headDim: 128, feedForward: 11008, vocabulary: 32000 },
  layers: 32,
};
const PROMPT = 150;
const ANSWERS = '40,80,120,200,260,350,500';
/** How often each is run, in turns. */
const ROUNDS = 1;

async function write(folder: string, layers: number): Promise<void> {
  const checkpoint = shapesAlone(folder, { ...SHAPE, layers });
  const file = await WeightFile.create(join(folder, 'model.data'), 'model.data');
  const weights = randomWeights(file);
  const graph = new OnnxGraph();
  await buildRewardGraph({ checkpoint, graph, weights, arithmetic: q4Arithmetic(graph, weights), placed: false });
  await writeFile(join(folder, 'model.onnx'), graph.encode());
  await file.close();
  await writeProducts(folder);
}

/** The matrices of a layer, each with its own input and output. */
async function writeProducts(folder: string): Promise<void> {
  const file = await WeightFile.create(join(folder, 'products.data'), 'products.data');
  const weights = randomWeights(file);
  const graph = new OnnxGraph();
  const { linear, input } = q4Arithmetic(graph, weights);
  const { width, feedForward } = SHAPE;
  for (const [name, rows, columns] of [
    ['qkv', 3 * width, width],
    ['o', width, width],
    ['gate', feedForward, width],
    ['up', feedForward, width],
    ['down', width, feedForward],
  ] as const) {
    const value = graph.input(`${name}.input`, 'float32', [1, 'tokens', columns]);
    await linear(name, [unread(rows, columns)], input(value, columns));
    graph.output(name, 'float32', [1, 'tokens', rows]);
  }
  await writeFile(join(folder, 'products.onnx'), graph.encode());
  await file.close();
}

async function measure(folder: string, layers: number, lengths: readonly number[], threads: number): Promise<void> {
  const sizes = (await readdir(folder)).filter((name) => name.startsWith('model.data'));
  const weights = (await Promise.all(sizes.map(async (name) => (await stat(join(folder, name))).size))).reduce(sum);
  console.log(`${layers} layers, ${gigabytes(weights)} of weights, ${threads} threads, ${process.version}`);
  const digests = await timed(async () => {
    for (const name of sizes) await sha256(join(folder, name));
  });
  console.log(`digests of the files: ${seconds(digests)}`);
  const before = await memory();
  let session: RewardSession | undefined;
  const load = await timed(async () => {
    session = await RewardSession.open(join(folder, 'model.onnx'), threads);
  });
  if (session === undefined) throw new Error('it was not loaded');
  console.log(`load: ${seconds(load)}; ${before.told} before, ${(await memory()).told} after`);
  const prompt = idsOf(0, PROMPT);
  const row = planRow(
    lengths.map((length, i) => ({ ids: Int32Array.from([...prompt, ...idsOf(i + 1, length)]), cut: 0 })),
  );
  const runs = [row.prefix.length, ...row.suffixes.map(({ length }) => 2 * Math.ceil(length / 2))];
  await session.score(row);
  const { peak, told } = await memory();
  console.log(`a row: ${told}; peak ${gigabytes(peak)}, which is the weights and ${gigabytes(peak - weights)}`);
  // The products come after the measurement of memory, because theirs would count too.
  const products = await InferenceSession.create(join(folder, 'products.onnx'), { intraOpNumThreads: threads });
  const inputs = runs.map(productInputs);
  for (let round = 0; round < ROUNDS; round++) {
    // Its cache has no prefix of the round before.
    const fresh = { ...row, prefix: row.prefix.map((id) => id + 1 + round) };
    const whole = await timed(() => session?.score(fresh) ?? Promise.resolve());
    let bare = 0;
    // The last layer is left out, because only one token passes through it.
    for (const input of inputs) bare += (layers - 1) * (await timed(() => products.run(input)));
    const rate = (row.tokens / whole) * 1000;
    console.log(
      `${row.tokens} tokens in ${seconds(whole)}: ${rate.toFixed(1)} a second; bare products ${seconds(bare)}, ${((100 * bare) / whole).toFixed(0)} %`,
    );
  }
  await session.close();
}

function idsOf(seed: number, length: number): Int32Array {
  const random = Xoshiro128.seeded(seed);
  return Int32Array.from({ length }, () => random.below(SHAPE.vocabulary - ROUNDS - 1));
}

function productInputs(tokens: number): Record<string, Tensor> {
  const value = (columns: number) => {
    const values = Float32Array.from({ length: tokens * columns }, (_, i) => ((i * 7919) % 255) - 127);
    return new Tensor('float32', values, [1, tokens, columns]);
  };
  const narrow = value(SHAPE.width);
  const inputs = { 'qkv.input': narrow, 'o.input': narrow, 'gate.input': narrow, 'up.input': narrow };
  return { ...inputs, 'down.input': value(SHAPE.feedForward) };
}

async function timed(work: () => Promise<unknown>): Promise<number> {
  const started = performance.now();
  await work();
  return performance.now() - started;
}

/** Memory of this process, from /proc. */
async function memory(): Promise<{ peak: number; told: string }> {
  const status = await readFile('/proc/self/status', 'utf8');
  const bytes = (field: string) => 1024 * Number(new RegExp(`${field}:\\s+(\\d+)`).exec(status)?.[1]);
  const told = `${gigabytes(bytes('RssAnon'))} of its own and ${gigabytes(bytes('RssFile'))} of files in memory`;
  return { peak: bytes('VmHWM'), told };
}

function sum(a: number, b: number): number {
  return a + b;
}

function gigabytes(bytes: number): string {
  return `${(bytes / 1e9).toFixed(2)} GB`;
}

function seconds(milliseconds: number): string {
  return `${(milliseconds / 1000).toFixed(1)} s`;
}

const [folder, layers = String(SHAPE.layers), tokens = ANSWERS, within] = process.argv.slice(2);
if (folder === undefined) throw new Error('expected a folder');
if (within === 'measure') await measure(folder, Number(layers), tokens.split(',').map(Number), 2);
else {
  await mkdir(folder);
  try {
    await write(folder, Number(layers));
    // A separate process, so that its peak memory is that of scoring alone.
    const file = fileURLToPath(import.meta.url);
    spawnSync(process.execPath, [file, folder, layers, tokens, 'measure'], { stdio: 'inherit' });
  } finally {
    await rm(folder, { recursive: true });
  }
}
