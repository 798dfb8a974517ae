import assert from 'node:assert/strict';
import { join } from 'node:path';
import { test } from 'node:test';
import { RowError } from '../../../src/contracts/errors.js';
import { LIMITS, openInputs } from '../../../src/read/inputs/inputs.js';
import { readRows } from '../../../src/read/rows.js';
import { ROOT } from '../../root.js';

/** Files that make.py in this folder writes. */
const folder = join(ROOT, 'test/read/records/decimals');

/** The label scores of the only row. */
async function labelsOf(file: string): Promise<(number | undefined)[]> {
  const options = { ...LIMITS, fields: { label: 'labels' } };
  for await (const row of readRows(await openInputs([join(folder, file)]), options)) {
    if (row instanceof RowError) throw row;
    return row.answers.map(({ score }) => score);
  }
  return [];
}

for (const file of [
  'decimal32.arrow',
  'decimal64.arrow',
  'decimal128.arrow',
  'decimal256.arrow',
  'decimal32.parquet',
  'decimal64.parquet',
  'decimal128.parquet',
]) {
  test(`decimals of every width have the right value, also below 0: ${file}`, async () => {
    assert.deepEqual(await labelsOf(file), [-1.25, 2.5, -9999999.99]);
  });
}

test('decimals with more digits than DuckDB reads correctly are refused with their column', async () => {
  await assert.rejects(labelsOf('decimal256.parquet'), /E_READ: .*decimal256\.parquet, field labels: a decimal of 40 /);
});

test('a dictionary with 64-bit indices is an unsupported type, not damage', async () => {
  await assert.rejects(labelsOf('long-indices.arrow'), /E_READ: .*field kind: .*indices of 64 bits is not read; cast/);
});
