import assert from 'node:assert/strict';
import { test } from 'node:test';
import { TextConsole } from '../../../src/cli/common/console/text-console.js';
import { exitCode } from '../../../src/cli/common/exit-code.js';
import { StarlingError } from '../../../src/contracts/errors.js';
import { ClosedPipe } from '../../../src/write/files/write-all.js';

/** A resource whose closing fails. */
const unclosable = (): AsyncDisposable => ({
  async [Symbol.asyncDispose]() {
    throw new Error('cannot be closed');
  },
});

async function failing(error: Error): Promise<void> {
  await using _first = unclosable();
  await using _second = unclosable();
  throw error;
}

test('a failure to close does not hide the error before it', async () => {
  assert.equal(await exitCode(() => failing(new StarlingError('E_USAGE', 'misuse')), new TextConsole()), 2);
  assert.equal(await exitCode(() => failing(new ClosedPipe()), new TextConsole()), 0);
});

test('a failure to close after a successful run is an error', async () => {
  const closing = async () => {
    await using _first = unclosable();
  };
  assert.equal(await exitCode(closing, new TextConsole()), 1);
});
