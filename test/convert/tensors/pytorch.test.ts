import assert from 'node:assert/strict';
import { join } from 'node:path';
import { test } from 'node:test';
import { openPytorch } from '../../../src/convert/tensors/pytorch.js';
import { ROOT } from '../../root.js';

/** A file that test/oracles/pytorch.py wrote. */
const file = (name: string) => join(ROOT, 'test/oracles/pytorch', name);
const NAME = 'v_head.weight';

test('tensors are listed without being read, and their values are read on demand', async () => {
  const { tensors, close } = await openPytorch(file('trainer/pytorch_model.bin'));
  const up = tensors.get('module.transformer.layers.0.mlp.up_proj.weight') ?? assert.fail();
  assert.equal(tensors.size, 12);
  assert.deepEqual(up.shape, [32, 32]);
  // Tensor 8 of the script is the second half of a storage.
  const expected = Array.from({ length: 5 }, (_, i) => (((1000003 * 8 + 7919 * (i + 100)) % 257) - 128) / 256);
  assert.deepEqual([...(await up.read(100, 105))], expected);
  await close();
});

test('a tensor that cannot be converted is refused by name when it is read', async () => {
  for (const [name, problem] of [
    ['view.bin', /tensor v_head\.weight is a view with strides \[1,2\]; save tensor\.contiguous\(\) instead/],
    ['integers.bin', /tensor v_head\.weight is a LongStorage/],
  ] as const) {
    const { tensors, close } = await openPytorch(file(join('broken', name)));
    const tensor = tensors.get(NAME) ?? assert.fail();
    assert.deepEqual(tensor.shape, [2, 2]);
    await assert.rejects(tensor.read(0, 4), problem);
    await close();
  }
});
