import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { platform } from 'node:os';
import { test } from 'node:test';
import { row, run } from '../run.js';

/** Devices that this machine certainly lacks. */
const LACKING = [
  ...(platform() === 'win32' ? [] : ['dml']),
  ...(platform() === 'darwin' ? [] : ['coreml']),
  ...(existsSync('/dev/nvidia0') || platform() === 'win32' ? [] : ['cuda']),
];

test('a device that the machine lacks is one clear error, and no other device is used', async () => {
  for (const device of LACKING) {
    const { code, stdout, stderr } = await run(['score', '--device', device, '--workers', '1'], row('a'));
    assert.deepEqual({ code, stdout }, { code: 2, stdout: '' });
    assert.match(
      stderr,
      new RegExp(`^starling-rm: E_DEVICE: this model cannot run on ${device} here: [^\\n]+; --device cpu[^\\n]+\\n$`),
    );
  }
  const wrong = await run(['score', '--device', 'tpu'], row('a'));
  assert.equal(wrong.code, 2);
  assert.match(wrong.stderr, /E_USAGE: .*'tpu' is invalid.*cpu, cuda, coreml, dml/);
});

test('--device cpu is the default', async () => {
  const [chosen, usual] = [await run(['score', '--device', 'cpu'], row('a')), await run(['score'], row('a'))];
  assert.equal(chosen.code, 0, chosen.stderr);
  assert.equal(chosen.stdout, usual.stdout);
});

test('doctor reports a missing device as a failed check', async () => {
  const [device] = LACKING;
  const { code, stdout } = await run(['doctor', '--device', device]);
  assert.equal(code, 1);
  assert.match(stdout, new RegExp(`^model +WARN +int8 on ${device} in`, 'm'));
  assert.match(stdout, new RegExp(`^head +FAIL +E_DEVICE: this model cannot run on ${device} here`, 'm'));
});
