import assert from 'node:assert/strict';
import { test } from 'node:test';
import { CHECKS } from '../../../src/doctor/examination.js';
import { tinyModel } from '../../doctor/tiny-model.js';
import { lines, run } from '../run.js';

test('doctor prints one line a check, at most 80 columns wide, or the same as JSON, and ends with 0', async () => {
  const model = await tinyModel();
  const told = await run(['doctor', '--model', model]);
  assert.deepEqual({ code: told.code, stderr: told.stderr }, { code: 0, stderr: '' });
  for (const line of lines(told.stdout)) assert.ok(line.length <= 80, line);
  const names = lines(told.stdout).map((line) => line.slice(0, 14).trim());
  assert.deepEqual(names.filter(Boolean), CHECKS);

  const { code, stdout } = await run(['doctor', '--model', model, '--json', '--workers', '1']);
  const { ok, checks } = JSON.parse(stdout);
  assert.deepEqual([code, ok, checks.length], [0, true, CHECKS.length]);
  assert.match(told.stdout, /^head +ok +rewards/m);
});

test('doctor ends with 1 if a check fails, and names it', async () => {
  const model = await tinyModel({ tensors: (tensors) => tensors.get('v_head.weight')?.values.fill(0) });
  const { code, stdout, stderr } = await run(['doctor', '--model', model]);
  assert.deepEqual([code, stderr], [1, 'starling-rm: E_CHECK: failed: head\n']);
  assert.match(stdout, /^head +FAIL +rewards.*\n +-> the head is zero/m);
  const json = await run(['doctor', '--model', model, '--json']);
  assert.deepEqual([json.code, JSON.parse(json.stdout).ok], [1, false]);
});

test('doctor of a missing folder is misuse, as for score', async () => {
  for (const model of ['/no/such/model', 'package.json']) {
    const told = await run(['doctor', '--model', model]);
    assert.deepEqual([told.code, told.stdout], [2, '']);
    assert.match(told.stderr, /^starling-rm: E_MODEL: .*model folder\n$/);
  }
});
