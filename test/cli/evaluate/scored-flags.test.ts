import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Command, type Option } from 'commander';
import { addEngineFlags, addedOptions, addFieldFlags, addModelFlags } from '../../../src/cli/common/flags.js';
import { run } from '../run.js';

/** Every flag that takes a value without fixed choices accepts it. */
const USUAL_VALUE = '2';

function typed({ long, required, argChoices }: Option): string[] {
  const flag = long ?? '';
  return required ? [flag, argChoices?.[0] ?? USUAL_VALUE] : [flag];
}

test('--scored refuses every flag of fields, model and sessions, also flags that are added later', async () => {
  const command = new Command();
  const options = addedOptions(command, () => addEngineFlags(addModelFlags(addFieldFlags(command))));
  assert.deepEqual(options, command.options);
  const { code, stderr } = await run(['evaluate', '--scored', ...options.flatMap(typed)]);
  assert.equal(code, 2, stderr);
  const refused = stderr.trimEnd().split('would do nothing: ')[1].split(', ');
  const flags = options.map(({ long }) => long).filter((flag) => flag !== '--no-trim');
  assert.deepEqual(refused, flags, '--no-trim counts as --trim');
});

test('--scored refuses --no-trim as --trim', async () => {
  const { code, stderr } = await run(['evaluate', '--scored', '--no-trim']);
  assert.equal(code, 2);
  assert.match(stderr, /would do nothing: --trim\n$/);
});

test('--scored refuses --max-answers, which limits rows only', async () => {
  const { code, stderr } = await run(['evaluate', '--scored', '--max-answers', '5']);
  assert.equal(code, 2);
  assert.match(stderr, /E_USAGE: with --scored no row is read.* would do nothing: --max-answers\n$/);
});
