import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { copyFile, cp, mkdir, readdir, readFile, rename, rm, truncate, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { StarlingError } from '../../src/contracts/errors.js';
import { convert } from '../../src/convert/convert.js';
import { run } from '../cli/run.js';
import { MODEL, ROOT } from '../root.js';
import { tempFolder } from '../temp-folder.js';
import { COUNTED, countedWeights } from './counted-weights.js';
import { storedValues } from './stored-values.js';
import { configOf, safetensors, type Tensors, writeCheckpoint } from './tiny-checkpoint.js';
import { member, stateDictPickle, type TorchTensor, torchFile } from './torch-file.js';
import { zipArchive } from './zip-archive.js';

/** Files that PyTorch wrote, see test/oracles/pytorch.py. */
const ORACLES = join(ROOT, 'test/oracles/pytorch');
/** The file that a hostile pickle would create if Python loaded it. */
const WAS_HERE = '/tmp/starling-rm-was-here';

type Spoil = (folder: string) => Promise<unknown>;

const head = (values: Partial<{ shape: number[]; values: Float32Array }>): Tensors =>
  countedWeights().set('v_head.weight', { shape: [1, 32], values: new Float32Array(32), ...values });

const scalar = { shape: [1], values: Float32Array.of(1) };

const weights =
  (tensors: Tensors): Spoil =>
  (folder) =>
    writeFile(join(folder, 'model.safetensors'), safetensors(tensors));
const without = (name: string) => new Map([...countedWeights()].filter(([key]) => key !== name));

/** Replaces the weights by this .bin file. */
const bin =
  (content: Iterable<Uint8Array>): Spoil =>
  async (folder) => {
    await rm(join(folder, 'model.safetensors'));
    await writeFile(join(folder, 'pytorch_model.bin'), content);
  };
const fromPytorch =
  (name: string): Spoil =>
  async (folder) =>
    bin([await readFile(join(ORACLES, 'broken', name))])(folder);
const pickled = (text: string): Spoil => bin(zipArchive([member('data.pkl', Buffer.from(text, 'latin1'))]));

const torchTensors = (change: Partial<TorchTensor> = {}): TorchTensor[] =>
  [...countedWeights()].map(([name, { shape, values }]) => ({
    ...{ name, shape, storage: 'HalfStorage', parts: [storedValues(values, 'F16')] },
    ...(name === 'v_head.weight' ? change : {}),
  }));

/** Replaces the weights by the two shards that PyTorch wrote, then damages them. */
const shards =
  (spoil: Spoil): Spoil =>
  async (folder) => {
    await rm(join(folder, 'model.safetensors'));
    await cp(join(ORACLES, 'shards'), folder, { recursive: true });
    await spoil(folder);
  };
const SECOND = 'pytorch_model-00002-of-00002.bin';
const index = (change: (map: Record<string, unknown>) => object): Spoil =>
  shards(async (folder) => {
    const file = join(folder, 'pytorch_model.bin.index.json');
    const { weight_map } = JSON.parse(await readFile(file, 'utf8'));
    await writeFile(file, JSON.stringify({ weight_map: change(weight_map) }));
  });

const config =
  (change: object): Spoil =>
  (folder) =>
    writeFile(join(folder, 'config.json'), JSON.stringify({ ...configOf(COUNTED), ...change }));

/** Writes a safetensors file with this header and so many bytes of data. */
const header =
  (json: string, bytes: number): Spoil =>
  (folder) => {
    const length = Buffer.alloc(8);
    length.writeBigUInt64LE(BigInt(json.length));
    return writeFile(join(folder, 'model.safetensors'), [length, Buffer.from(json), Buffer.alloc(bytes)]);
  };
const F32 = '{"dtype":"F32","shape":[1],"data_offsets":';

const tokenizer =
  (content: object): Spoil =>
  (folder) =>
    writeFile(join(folder, 'tokenizer.json'), JSON.stringify(content));
const BEYOND = /the embedding has 40 rows, ids 0 to 39, and the tokenizer gives/;

/** Flips one bit of the file, `distance` bytes after the first occurrence of `after`. */
const flipped =
  (name: string, after: string, distance: number): Spoil =>
  async (folder) => {
    const file = join(folder, name);
    const bytes = await readFile(file);
    bytes[bytes.indexOf(after) + after.length + distance] ^= 1;
    await writeFile(file, bytes);
  };
const wholeThen =
  (spoil: Spoil): Spoil =>
  async (folder) => {
    await bin(torchFile(torchTensors()))(folder);
    await spoil(folder);
  };

const MODELS: [string, RegExp, Spoil][] = [
  [
    'no weights at all',
    /no weights; expected model\.safetensors or pytorch_model\.bin/,
    (folder) => rm(join(folder, 'model.safetensors')),
  ],
  [
    'two files of weights',
    /several files of weights: a\.pt, b\.pt/,
    async (folder) => {
      await copyFile(join(ORACLES, 'state-dict/reward.pt'), join(folder, 'a.pt'));
      await rename(join(folder, 'model.safetensors'), join(folder, 'b.pt'));
    },
  ],
  [
    'a folder where weights should be',
    /weights cannot be read: this is no file/,
    async (folder) => {
      await rm(join(folder, 'model.safetensors'));
      await mkdir(join(folder, 'model.safetensors'));
    },
  ],
  ['no head', /no reward head; .*v_head\.weight or score\.weight/, weights(without('v_head.weight'))],
  ['two heads', /v_head\.weight and score\.weight/, weights(head({}).set('score.weight', scalar))],
  ['no trunk', /no trunk/, weights(without('transformer.embed_tokens.weight'))],
  [
    'a layer that lacks a matrix',
    /layers\.0\.mlp\.up_proj\.weight is missing/,
    weights(without('transformer.layers.0.mlp.up_proj.weight')),
  ],
  [
    'a superfluous tensor',
    /tensor transformer\.layers\.0\.self_attn\.q_proj\.bias does not belong to a llama trunk with a reward head; expected/,
    weights(head({}).set('transformer.layers.0.self_attn.q_proj.bias', scalar)),
  ],
  [
    'a second copy of the trunk with more tensors than the trunk',
    /tensor model\.model\.layers\.9\.x does not belong/,
    weights(head({}).set('model.model.layers.9.x', scalar)),
  ],
  [
    'a head of two rewards',
    /v_head\.weight has shape \[2,32\], expected \[1,32\]/,
    weights(head({ shape: [2, 32], values: new Float32Array(64) })),
  ],
  [
    'a vocabulary larger than the embedding',
    /embed_tokens\.weight has shape \[40,32\], expected \[41,32\]/,
    config({ vocab_size: 41 }),
  ],
  [
    'a SentencePiece tokenizer without tokenizer.json',
    /tokenizer\.model: the checkpoint has only SentencePiece's file and no tokenizer\.json; make one: pip .*; python -c .*--base/,
    (folder) => rename(join(folder, 'tokenizer.json'), join(folder, 'tokenizer.model')),
  ],
  [
    'an added token beyond the embedding',
    new RegExp(`${BEYOND.source} 40 \\("<\\|pad_0\\|>"\\); take the tokenizer`),
    tokenizer({ model: { vocab: { a: 0, b: 39 } }, added_tokens: [{ id: 40, content: '<|pad_0|>' }] }),
  ],
  [
    'a vocabulary of the tokenizer beyond the embedding',
    new RegExp(`${BEYOND.source} 40 \\("e"\\), 41 \\("d"\\), 42 \\("c"\\) and 1 more;`),
    tokenizer({ model: { vocab: { f: 43, c: 42, d: 41, e: 40, a: 0 } } }),
  ],
  [
    'a Unigram vocabulary beyond the embedding',
    new RegExp(`${BEYOND.source} 40 \\("40"\\);`),
    tokenizer({ model: { vocab: Array.from({ length: 41 }, (_, id) => [String(id), -1]) } }),
  ],
  [
    'weights that are NaN',
    /v_head\.weight holds NaN/,
    weights(head({ values: new Float32Array(32).fill(Number.NaN) })),
  ],
  [
    'weights that are infinite',
    /v_head\.weight holds NaN or infinite/,
    weights(head({ values: new Float32Array(32).fill(Number.POSITIVE_INFINITY) })),
  ],
  [
    'integers',
    /weight has dtype I64; expected F32, F16 or BF16/,
    (folder) => writeFile(join(folder, 'model.safetensors'), safetensors(countedWeights(), 'I64')),
  ],
  ['a safetensors file that is cut off', /truncated/, (folder) => truncate(join(folder, 'model.safetensors'), 5000)],
  [
    'a repeated tensor',
    /has tensor x twice/,
    header(`{"x":${F32}[0,4]},"__metadata__":{"x":"","y":""},"x":${F32}[4,8]}}`, 8),
  ],
  [
    'tensors that share bytes',
    /tensor y begins at byte 0 of the data, expected 4/,
    header(`{"x":${F32}[0,4]},"y":${F32}[0,4]}}`, 4),
  ],
  ['bytes of no tensor', /4 bytes at its end belong to no tensor/, header(`{"x":${F32}[0,4]}}`, 8)],
  [
    'an index with a missing shard',
    /pytorch_model-00002-of-00002\.bin: the checkpoint's weights cannot be read/,
    shards((folder) => rm(join(folder, SECOND))),
  ],
  [
    'a shard that is cut off',
    /00002-of-00002\.bin: .*truncated/,
    shards((folder) => truncate(join(folder, SECOND), 6000)),
  ],
  [
    'a shard that lacks a tensor',
    /the index places tensor v_head\.bias in pytorch_model-00002-of-00002\.bin, which lacks it/,
    index((map) => ({ ...map, 'v_head.bias': SECOND })),
  ],
  [
    'a shard with a tensor that the index does not list',
    /00002-of-00002\.bin: this shard holds tensor v_head\.weight, but the index does not list it/,
    index(({ 'v_head.weight': _, ...map }) => map),
  ],
  [
    'a shard outside the folder',
    /tensor v_head\.weight is said to be in "\.\.\/x\.bin"/,
    index((map) => ({ ...map, 'v_head.weight': '../x.bin' })),
  ],
  ['an index without names', /field weight_map: expected an object/, index(() => [])],
  ['a pickle that runs a command', /posix\.system/, fromPytorch('command.bin')],
  [
    'a pickle that runs a command with an opcode outside the allow-list',
    /opcode 0x53 \(STRING\) at byte 3/,
    fromPytorch('opcode.bin'),
  ],
  ['an unknown opcode', /opcode 0xff at byte 3;/, pickled('\x80\x02}\xff.')],
  ['a pickle that is cut off', /malformed: it ends too early/, pickled('\x80\x02}X\xff\xff\xff\x7fx')],
  ['a pickle that ends a group it did not begin', /malformed: it ends a group/, pickled('\x80\x02}u.')],
  ['a pickle of an empty stack', /malformed: it takes a value where there is none \(byte 3\)/, pickled('\x80\x02.')],
  ['a pickle of a number', /it is not a dictionary; expected a state dict/, pickled('\x80\x02K\x07.')],
  ['a whole module', /__main__|torch\.nn\.modules\.linear\.Linear/, fromPytorch('module.bin')],
  ['a tensor instead of a dictionary', /it is not a dictionary/, fromPytorch('tensor.bin')],
  ['a sparse tensor', /torch\._utils\._rebuild_sparse_tensor/, fromPytorch('sparse.bin')],
  ['a TorchScript program', /TorchScript/, fromPytorch('script.bin')],
  [
    'the format of PyTorch before 1.6',
    /before 1\.6; save it again: python -c "import sys, torch; .*weights_only=True/,
    fromPytorch('before-1.6.bin'),
  ],
  [
    'the format of PyTorch before 0.1.10',
    /before 0\.1\.10, in which it can hold programs; save it again: python .*weights_only=False/,
    bin([Buffer.concat([Buffer.alloc(257), Buffer.from('ustar'), Buffer.alloc(999)])]),
  ],
  ['a file that is not a zip archive', /zip archive cannot be read/, bin([Buffer.alloc(4096, 'x')])],
  ['an empty file', /zip archive cannot be read/, bin([])],
  ['a zip archive of something else', /expected one data\.pkl/, bin(zipArchive([{ name: 'readme', parts: [] }]))],
  [
    'a big-endian file',
    /byteorder is not "little"/,
    bin(zipArchive([member('data.pkl', '\x80\x02}.'), member('byteorder', 'big')])),
  ],
  [
    'a file that lacks the values of a tensor',
    /lacks archive\/data\/0/,
    bin(zipArchive([member('data.pkl', stateDictPickle(torchTensors()))])),
  ],
  [
    'a tensor larger than its storage',
    /v_head\.weight of shape \[1,32\] reaches beyond its storage of 62 bytes/,
    bin(torchFile(torchTensors({ parts: [Buffer.alloc(62)] }))),
  ],
  [
    'integers in a pickle',
    /v_head\.weight is a LongStorage; expected FloatStorage, HalfStorage or BFloat16Storage/,
    bin(torchFile(torchTensors({ storage: 'LongStorage' }))),
  ],
  [
    'an unknown type of storage',
    /torch\.ComplexFloatStorage/,
    bin(torchFile(torchTensors({ storage: 'ComplexFloatStorage' }))),
  ],
  [
    'a flipped bit in the values of a PyTorch file',
    /archive\/data\/3 in its archive is damaged at bytes \d+ to \d+ \(CRC-32 [0-9a-f]{8}, expected [0-9a-f]{8}\)/,
    wholeThen(flipped('pytorch_model.bin', 'archive/data/3', 17)),
  ],
  [
    'a flipped bit in the pickle of a PyTorch file',
    /archive\/data\.pkl in its archive is damaged/,
    wholeThen(flipped('pytorch_model.bin', 'embed_tokens', 1)),
  ],
  [
    'a flipped bit in a shard that PyTorch wrote',
    /pytorch_model-00002-of-00002\.bin: .*data\/0 in its archive is damaged/,
    shards(flipped(SECOND, 'data/0', 500)),
  ],
  [
    'a name that would end the line',
    /v_head\\u000aE_OK: fine/,
    bin(torchFile([...torchTensors(), ...torchTensors({ name: 'v_head\nE_OK: fine\u001b[2J' }).slice(-1)])),
  ],
];

const parent = tempFolder();

for (const [name, problem, spoil] of MODELS) {
  test(`a broken checkpoint is refused in one line, without running or writing anything: ${name}`, async () => {
    const folder = join(parent, name);
    const checkpoint = await writeCheckpoint(join(folder, 'checkpoint'), COUNTED, countedWeights());
    await spoil(checkpoint);
    const options = { checkpoint, folder: join(folder, 'model'), dtypes: ['int8' as const], overrides: {} };
    const error: unknown = await convert(options).catch((error: unknown) => error);
    assert.ok(error instanceof StarlingError, String(error));
    assert.match(String(error), /^E_CHECKPOINT: [^\p{Cc}]+$/u);
    assert.match(String(error), problem);
    assert.ok(String(error).includes(checkpoint), String(error));
    assert.deepEqual(await readdir(folder), ['checkpoint']);
    assert.equal(existsSync(WAS_HERE), false);
  });
}

test('the command line reports a hostile pickle in one line and exits with 1', async () => {
  const folder = tempFolder();
  const checkpoint = await writeCheckpoint(join(folder, 'checkpoint'), COUNTED, countedWeights());
  for (const name of ['tokenizer.json', 'tokenizer_config.json'])
    await copyFile(join(MODEL, name), join(checkpoint, name));
  await fromPytorch('command.bin')(checkpoint);
  const { code, stdout, stderr } = await run(['convert', checkpoint, join(folder, 'model')]);
  assert.match(stderr, /^starling-rm: E_CHECKPOINT: [^\p{Cc}]+ posix\.system[^\p{Cc}]+\n$/u);
  assert.equal(code, 1);
  assert.equal(stdout, '');
  assert.equal(existsSync(WAS_HERE), false);
});
