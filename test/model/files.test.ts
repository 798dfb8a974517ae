import assert from 'node:assert/strict';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { sha256, weightsAmong } from '../../src/model/files.js';
import { tempFolder } from '../temp-folder.js';

test('parts of the weights of one dtype are not confused with those of another', () => {
  const files = [
    'onnx/model.onnx',
    'onnx/model.onnx_data',
    'onnx/model.onnx_data_1',
    'onnx/model.onnx_data_x',
    'onnx/model_int8.onnx_data',
    'onnx/model_int8.onnx_data_1',
  ];
  assert.deepEqual(weightsAmong(files, 'onnx/model.onnx'), ['onnx/model.onnx_data', 'onnx/model.onnx_data_1']);
  assert.deepEqual(weightsAmong(files, 'onnx/model_int8.onnx'), files.slice(4));
  assert.deepEqual(weightsAmong([], 'onnx/model.onnx'), ['onnx/model.onnx_data'], 'missed where it is checked');
});

test('a digest equals that of the published example, and hashing can be stopped', async () => {
  const file = join(tempFolder(), 'abc');
  await writeFile(file, 'abc');
  // FIPS 180-2, appendix B.1.
  assert.equal(await sha256(file), 'ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad');
  await assert.rejects(sha256(file, AbortSignal.abort()), { name: 'AbortError' });
});
