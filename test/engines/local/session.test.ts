import assert from 'node:assert/strict';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { convert } from '../../../src/convert/convert.js';
import type { Plan } from '../../../src/engines/local/plan/plan-types.js';
import { RewardSession } from '../../../src/engines/local/session.js';
import { type Dtype, GRAPHS } from '../../../src/model/files.js';
import { configOf, TINY, writeCheckpoint } from '../../convert/tiny-checkpoint.js';
import { ROOT } from '../../root.js';
import { tempFolder } from '../../temp-folder.js';

const GRAPH = join(ROOT, 'models/starling-rm-mini/onnx/model_int8.onnx');

/** A graph of another dtype, with random weights. */
async function graphIn(dtype: Dtype): Promise<string> {
  const folder = tempFolder();
  const shape = { ...TINY, width: 256, feedForward: 336 };
  const checkpoint = await writeCheckpoint(join(folder, 'checkpoint'), shape);
  const config = { ...configOf(shape), max_position_embeddings: 1400 };
  await writeFile(join(checkpoint, 'config.json'), JSON.stringify(config));
  await convert({ checkpoint, folder: join(folder, 'model'), dtypes: [dtype], overrides: {} });
  return join(folder, 'model', GRAPHS[dtype]);
}

/** Distinct ids in scrambled order. */
function idsFrom(seed: number, length: number, vocabulary = 40_000): Int32Array {
  return Int32Array.from({ length }, (_, i) => 20 + ((seed + i * 7919) % vocabulary));
}

function plan(prefix: Int32Array, ...suffixes: Int32Array[]): Plan {
  const suffixOf = suffixes.map((_, i) => i);
  return { prefix, suffixes, suffixOf, tokens: 0, carried: 0 };
}

for (const [dtype, graph, vocabulary] of [
  ['int8', async () => GRAPH, 40_000],
  ['q4', () => graphIn('q4'), 300],
] as const) {
  test(`${dtype}: a reward does not depend on where its text is split, or on the number of runs`, async () => {
    const path = await graph();
    const session = await RewardSession.open(path, 2);
    const ids = idsFrom(1, 1301, vocabulary);
    const none = new Int32Array(0);
    const [whole] = await session.score(plan(none, ids));
    for (const at of [2, 40, 384, 600, 1024, 1100, 1300]) {
      const [parted] = await session.score(plan(ids.slice(0, at), ids.slice(at)));
      assert.equal(parted, whole, `split at ${at}`);
    }
    await session.close();
    const alone = await RewardSession.open(path, 1);
    assert.deepEqual([...(await alone.score(plan(none, ids)))], [whole], 'with one thread');
    await alone.close();
  });
}

test('the cache of an earlier prefix changes no bit', async () => {
  const fresh = async (one: Plan) => {
    const session = await RewardSession.open(GRAPH, 1);
    const rewards = await session.score(one);
    await session.close();
    return rewards;
  };
  const prompt = idsFrom(3, 200);
  const rest = idsFrom(4, 31);
  const plans = [
    plan(prompt, rest),
    plan(prompt, idsFrom(5, 64)),
    plan(prompt.slice(0, 100), rest),
    plan(Int32Array.from([...prompt.slice(0, 60), ...idsFrom(6, 40)]), rest, idsFrom(7, 12)),
    plan(prompt.slice(0, 20), rest),
    plan(new Int32Array(0), prompt),
    plan(prompt, rest),
  ];
  const session = await RewardSession.open(GRAPH, 1);
  for (const one of plans) assert.deepEqual(await session.score(one), await fresh(one));
  await session.close();
});
