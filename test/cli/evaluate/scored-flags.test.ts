import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Command, type Option } from 'commander';
import { addedOptions, addFieldFlags, addModelFlags } from '../../../src/cli/common/flags.js';
import { run } from '../run.js';

const USUAL_VALUE = '2';

function typed({ long, required, argChoices }: Option): string[] {
  const flag = long ?? '';
  return required ? [flag, argChoices?.[0] ?? USUAL_VALUE] : [flag];
}

test('--scored refuses every flag of the model and of the fields of rows, also flags that are added later', async () => {
  const command = new Command();
  const options = addedOptions(command, () => addFieldFlags(addModelFlags(command)));
  assert.deepEqual(options, command.options);
  const { code, stderr } = await run(['evaluate', '--scored', ...options.flatMap(typed)]);
  assert.equal(code, 2, stderr);
  const refused = stderr.trimEnd().split('would do nothing: ')[1].split(', ');
  const flags = options.map(({ long }) => long).filter((flag) => flag !== '--no-trim');
  assert.deepEqual(refused, flags, '--no-trim is a value of --trim');
});

test('--scored refuses --no-trim as --trim', async () => {
  const { code, stderr } = await run(['evaluate', '--scored', '--no-trim']);
  assert.equal(code, 2);
  assert.match(stderr, /would do nothing: --trim\n$/);
});
