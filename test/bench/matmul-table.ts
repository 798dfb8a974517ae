import { mkdir, writeFile } from 'node:fs/promises';
import { cpus } from 'node:os';
import { join } from 'node:path';
import { OnnxGraph } from '../../src/convert/graph/onnx-graph.js';
import { buildRewardGraph } from '../../src/convert/graph/reward-graph.js';
import { WeightFile } from '../../src/convert/weight-file.js';
import { openSession, type Session, Tensor, type Tensors } from '../../src/engines/local/runtime.js';
import { tempFolder } from '../temp-folder.js';
import { MATMUL_WAYS, type MatmulWay } from './matmul-ways.js';
import { randomWeights, shapesAlone, unread } from './random-model.js';
import { type Spread, spreadOf } from './spread.js';
import { embeddedTrunk } from './trunk.js';

/**
 * Measures ways to multiply by the weights of the embedded model's layers: the products of one layer, and a whole model of a few layers.
 * Quantization of activations is included. Weights are random. One thread; all ways take turns within a round.
 *
 *   node dist/test/bench/matmul-table.js [--json FILE]
 */
const ROUNDS = 15;
const LENGTHS = [64, 256, 512];
/** The model has fewer layers than the embedded one, in the same shapes, and a tiny vocabulary. */
const LAYERS = 4;
const VOCABULARY = 512;

interface Timed {
  name: string;
  /** Multiplications and additions of the layers' products for one token. */
  flopsPerToken: number;
  run(tokens: number): Promise<void>;
}

const folder = tempFolder();
const { width, feedForward, heads, kvHeads, headDim } = embeddedTrunk();
const PRODUCTS: readonly [name: string, rows: number, columns: number][] = [
  ['qkv', (heads + 2 * kvHeads) * headDim, width],
  ['o', width, heads * headDim],
  ['gate', feedForward, width],
  ['up', feedForward, width],
  ['down', width, feedForward],
];
const FLOPS = PRODUCTS.reduce((sum, [, rows, columns]) => sum + 2 * rows * columns, 0);

async function open(
  kind: string,
  index: number,
  build: (graph: OnnxGraph, file: WeightFile) => Promise<void>,
): Promise<Session> {
  const path = join(folder, kind, `${index}.onnx`);
  await mkdir(join(folder, kind), { recursive: true });
  const file = await WeightFile.create(`${path}_data`, `${index}.onnx_data`);
  const graph = new OnnxGraph();
  await build(graph, file);
  await file.close();
  await writeFile(path, graph.encode());
  return openSession(path, 1, 'cpu');
}

/** The products of one layer, with one input for gate and up. One number of each result is an output. */
async function alone({ name, arithmetic }: MatmulWay, index: number): Promise<Timed> {
  const session = await open('alone', index, async (graph, file) => {
    const { input, linear } = arithmetic(graph, randomWeights(file));
    const inputs = new Map<string, ReturnType<typeof input>>();
    const first = graph.constant('first', 'int64', [1], [0]);
    for (const [product, rows, columns] of PRODUCTS) {
      const from = product === 'up' ? 'gate' : product;
      const ready = inputs.get(from) ?? input(graph.input(`${from}_in`, 'float32', [1, 'tokens', columns]), columns);
      inputs.set(from, ready);
      const result = await linear(product, [unread(rows, columns)], ready);
      const token = graph.node('Gather', [result, first], `${product}.token`, { axis: 1 });
      graph.output(graph.node('Gather', [token, first], `${product}.number`, { axis: 2 }), 'float32', [1, 1, 1]);
    }
  });
  const widths = PRODUCTS.filter(([product]) => product !== 'up').map(
    ([product, , columns]) => [product, columns] as const,
  );
  const feeds = new Map(
    LENGTHS.map((tokens) => [
      tokens,
      Object.fromEntries(widths.map(([from, columns]) => [`${from}_in`, activations(tokens, columns)])),
    ]),
  );
  return { name, flopsPerToken: FLOPS, run: (tokens) => ran(session, feeds.get(tokens)) };
}

/** A whole model, with attention and norms. */
async function inside({ name, arithmetic }: MatmulWay, index: number): Promise<Timed> {
  const shape = { width, feedForward, heads, kvHeads, headDim, layers: LAYERS, vocabulary: VOCABULARY };
  const session = await open('inside', index, async (graph, file) => {
    const weights = randomWeights(file);
    const { embedding, rotated, prepared, ...products } = arithmetic(graph, weights);
    const table = await weights.append('table', 'float32', [VOCABULARY, width], []);
    const looked = async (_: unknown, ids: string) => graph.node('Gather', [graph.external(table), ids], 'embedded');
    await buildRewardGraph({
      ...{ checkpoint: shapesAlone(folder, shape), graph, weights, placed: false },
      arithmetic: { ...products, rotated, prepared, embedding: looked },
    });
  });
  const past: Tensors = Object.fromEntries(
    session.inputNames
      .filter((input) => input.startsWith('past_'))
      .map((input) => [input, new Tensor('float32', new Float32Array(0), [1, kvHeads, 0, headDim])]),
  );
  const run = (tokens: number) =>
    ran(
      session,
      {
        ...past,
        input_ids: new Tensor(
          'int64',
          BigInt64Array.from({ length: tokens }, (_, i) => BigInt((i * 37) % VOCABULARY)),
          [1, tokens],
        ),
        readout_position: new Tensor('int64', [BigInt(tokens - 1)], [1]),
        kept: new Tensor('int64', [0n], [1]),
      },
      ['reward'],
    );
  return { name, flopsPerToken: FLOPS * LAYERS, run };
}

async function ran(session: Session, feeds: Tensors = {}, outputs = session.outputNames): Promise<void> {
  await session.run(feeds, [...outputs]);
}

function activations(tokens: number, columns: number): Tensor {
  const values = Float32Array.from({ length: tokens * columns }, (_, i) => Math.sin(i * 0.7) * ((i % 29) / 29));
  return new Tensor('float32', values, [1, tokens, columns]);
}

/** Milliseconds of each way in each round. */
async function times(ways: readonly Timed[], tokens: number): Promise<number[][]> {
  const found = ways.map((): number[] => []);
  for (let round = -1; round < ROUNDS; round++) {
    for (const [i, { run }] of ways.entries()) {
      const start = performance.now();
      await run(tokens);
      if (round >= 0) found[i].push(performance.now() - start);
    }
  }
  return found;
}

interface Line {
  way: string;
  exact: boolean;
  where: 'alone' | 'inside';
  tokens: number;
  milliseconds: Spread;
  gflops: number;
  timesFp32: number;
}

const lines: Line[] = [];
for (const [where, make] of [
  ['alone', alone],
  ['inside', inside],
] as const) {
  const ways: Timed[] = [];
  for (const [index, one] of MATMUL_WAYS.entries()) ways.push(await make(one, index));
  for (const tokens of LENGTHS) {
    const found = await times(ways, tokens);
    for (const [i, { name, flopsPerToken }] of ways.entries()) {
      const milliseconds = spreadOf(found[i]);
      lines.push({
        ...{ way: name, exact: MATMUL_WAYS[i].exact, where, tokens, milliseconds },
        gflops: (flopsPerToken * tokens) / milliseconds.median / 1e6,
        timesFp32: spreadOf(found[i].map((time, round) => found[0][round] / time)).median,
      });
    }
  }
}

function table(): string {
  const columns = (['alone', 'inside'] as const).flatMap((where) => LENGTHS.map((tokens) => ({ where, tokens })));
  const head = ['', ...columns.map(({ where, tokens }) => `${where} ${tokens}`)];
  const body = MATMUL_WAYS.map(({ name, exact }) => [
    exact ? name : `(${name})`,
    ...columns.map(({ where, tokens }) => {
      const line = lines.find((one) => one.way === name && one.where === where && one.tokens === tokens);
      return `${line?.timesFp32.toFixed(2)} ${line?.gflops.toFixed(0)}`;
    }),
  ]);
  return [head, ...body]
    .map(([first, ...rest]) => first.padEnd(62) + rest.map((cell) => cell.padStart(14)).join(''))
    .join('\n');
}

console.log(
  `${cpus()[0]?.model}, one thread, ${ROUNDS} rounds. Times fp32, and GFLOPS of the products, at so many tokens:`,
);
console.log(table());
console.log('In brackets: one token changes the result of others.');
const json = process.argv[process.argv.indexOf('--json') + 1];
if (process.argv.includes('--json'))
  await writeFile(
    json,
    `${JSON.stringify({ date: new Date().toISOString(), processor: cpus()[0]?.model, lines }, null, 2)}\n`,
  );
