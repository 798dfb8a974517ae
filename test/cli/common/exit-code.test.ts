import assert from 'node:assert/strict';
import { test } from 'node:test';
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

test('the error of a run is not hidden by an error on closing', async () => {
  assert.equal(await exitCode(() => failing(new StarlingError('E_USAGE', 'misuse'))), 2);
  assert.equal(await exitCode(() => failing(new ClosedPipe())), 0);
});

test('an error on closing after a successful run is reported', async () => {
  const closing = async () => {
    await using _first = unclosable();
  };
  assert.equal(await exitCode(closing), 1);
});
