import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Batch } from '../../../src/write/files/batch.js';

async function written(leastBytes: number, pieces: readonly (string | Uint8Array)[]): Promise<string[]> {
  const writes: string[] = [];
  const batch = new Batch(async (data) => void writes.push(Buffer.from(data).toString()), leastBytes);
  for (const piece of pieces) await batch.add(piece);
  await batch.flush();
  await batch.flush();
  return writes;
}

test('pieces are written together as soon as they have so many bytes, and the rest at the end', async () => {
  const pieces = ['ab', Buffer.from('é'), 'cde', 'f', 'g'];
  assert.deepEqual(await written(4, pieces), ['abé', 'cdef', 'g']);
  assert.deepEqual(await written(0, pieces), ['ab', 'é', 'cde', 'f', 'g']);
  assert.deepEqual(await written(100, pieces), ['abécdefg']);
  assert.deepEqual(await written(4, []), []);
});
