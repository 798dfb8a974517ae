import assert from 'node:assert/strict';
import { cp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { convert } from '../../src/convert/convert.js';
import { RewardSession } from '../../src/engines/local/session.js';
import { DTYPES, sha256 } from '../../src/model/files.js';
import { openModelFolder } from '../../src/model/folder.js';
import { ROOT } from '../root.js';
import { tempFolder } from '../temp-folder.js';
import { COUNTED, countedWeights } from './counted-weights.js';
import { plainReward } from './plain-llama.js';
import { type StoredAs, storedValues } from './stored-values.js';
import { safetensors, type Tensors, writeCheckpoint } from './tiny-checkpoint.js';
import { torchFile } from './torch-file.js';

const IDS = [3, 39, 0, 17, 17, 8];

const parent = tempFolder();

/** A checkpoint whose weights `fill` writes. */
async function checkpointWith(name: string, fill: (folder: string) => Promise<unknown>): Promise<string> {
  const folder = await writeCheckpoint(join(parent, name), COUNTED, new Map());
  await rm(join(folder, 'model.safetensors'));
  await fill(folder);
  return folder;
}

/** Copies files that PyTorch wrote, see test/oracles/pytorch.py. */
const fromPytorch = (name: string) => (folder: string) =>
  cp(join(ROOT, 'test/oracles/pytorch', name), folder, { recursive: true });

const one = (dtype: StoredAs) => (folder: string) =>
  writeFile(join(folder, 'model.safetensors'), safetensors(countedWeights(), dtype));

async function threeShards(folder: string): Promise<void> {
  const tensors = [...countedWeights()];
  const weight_map: Record<string, string> = {};
  for (const [i, [start, end]] of [
    [0, 1],
    [1, 9],
    [9, 12],
  ].entries()) {
    const part: Tensors = new Map(tensors.slice(start, end));
    const file = `model-0000${i + 1}-of-00003.safetensors`;
    for (const name of part.keys()) weight_map[name] = file;
    await writeFile(join(folder, file), safetensors(part, i === 1 ? 'F32' : 'F16'));
  }
  await writeFile(join(folder, 'model.safetensors.index.json'), JSON.stringify({ metadata: {}, weight_map }));
}

async function ownPickle(folder: string): Promise<void> {
  const tensors = [...countedWeights()].map(([name, { shape, values }]) => ({
    name,
    shape,
    storage: 'HalfStorage',
    parts: [storedValues(values, 'F16')],
  }));
  await writeFile(join(folder, 'reward_model.bin'), torchFile(tensors));
  for (const name of ['optimizer.pt', 'training_args.bin']) await writeFile(join(folder, name), 'of a trainer');
}

/** Writes CRC-32 0 for every member, as torch.save does after torch.serialization.set_crc32_options(False). */
async function withoutChecksums(folder: string): Promise<void> {
  await ownPickle(folder);
  const file = join(folder, 'reward_model.bin');
  const bytes = await readFile(file);
  const ENTRY = 'PK\x01\x02';
  for (let at = bytes.indexOf(ENTRY); at >= 0; at = bytes.indexOf(ENTRY, at + 1)) bytes.writeUInt32LE(0, at + 16);
  await writeFile(file, bytes);
}

const LAYOUTS: [string, (folder: string) => Promise<unknown>][] = [
  ['one safetensors file, float32', one('F32')],
  ['one safetensors file, float16', one('F16')],
  ['three safetensors shards, float16 and float32', threeShards],
  ['a bare .pt of Module.state_dict(), float16', fromPytorch('state-dict')],
  ['pytorch_model.bin in pickle protocol 5, float32', fromPytorch('protocol-5')],
  ['two pytorch_model shards, bfloat16', fromPytorch('shards')],
  ["a trainer's file: parameters and parts of storages under state_dict, names under module.", fromPytorch('trainer')],
  ['a .bin of another name, written by torch-file.ts, beside files of a trainer', ownPickle],
  ['a .bin that was saved without checksums', withoutChecksums],
];

async function converted(name: string, fill: (folder: string) => Promise<unknown>): Promise<string> {
  const folder = join(parent, `${name} model`);
  await convert({ checkpoint: await checkpointWith(name, fill), folder, dtypes: [...DTYPES], overrides: {} });
  return folder;
}

const reference = await converted('one safetensors file, bfloat16', one('BF16'));

async function reward(folder: string): Promise<number> {
  const model = await openModelFolder(folder, 'fp32');
  const session = await RewardSession.open(model.graph, 1);
  const ids = Int32Array.from(IDS);
  const [reward] = await session.score({
    prefix: ids.slice(0, 2),
    suffixes: [ids.slice(2)],
    suffixOf: [0],
    tokens: 6,
    carried: 0,
  });
  await session.close();
  return reward;
}

test('the weights of all layouts give the reward of a plain implementation', async () => {
  const expected = plainReward(countedWeights(), COUNTED, IDS);
  assert.ok(Math.abs(expected) > 0.1);
  assert.ok(Math.abs((await reward(reference)) - expected) < 1e-5);
});

for (const [name, fill] of LAYOUTS) {
  test(`the same model, bit for bit: ${name}`, async () => {
    const folder = await converted(name, fill);
    for (const file of (await readdir(join(reference, 'onnx'))).map((one) => join('onnx', one)))
      assert.equal(await sha256(join(folder, file)), await sha256(join(reference, file)), file);
    assert.equal(await reward(folder), await reward(reference));
  });
}
