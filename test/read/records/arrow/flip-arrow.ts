import { readFileSync, writeFileSync } from 'node:fs';
import { RowError, StarlingError } from '../../../../src/contracts/errors.js';
import { Xoshiro128 } from '../../../../src/measure/bootstrap/xoshiro128.js';
import { LIMITS, openInputs } from '../../../../src/read/inputs/inputs.js';
import { readRows } from '../../../../src/read/rows.js';

/**
 * Reads a file COUNT times, each time with another bit flipped, and prints the number of rows and the outcome of each run. It is a process
 * of its own, as a bug may take all memory or never end.
 *
 *     node flip-arrow.js FILE COUNT
 */
/** After the bytes that show the format. */
const FIRST_BIT = 64;

const [path, count] = process.argv.slice(2);
const sound = readFileSync(path);
const random = Xoshiro128.seeded(17);

async function outcome(bytes: Buffer): Promise<string> {
  const file = `${path}.flipped`;
  writeFileSync(file, bytes);
  let rows = 0;
  let refused = 0;
  try {
    for await (const row of readRows(await openInputs([file]), LIMITS)) {
      rows++;
      if (row instanceof RowError) refused++;
    }
  } catch (error) {
    return `${rows} ${error instanceof StarlingError ? error.code : error}`;
  }
  return `${rows} ${refused === 0 ? 'good' : 'refused'}`;
}

for (let i = 0; i < Number(count); i++) {
  const bytes = Buffer.from(sound);
  const bit = FIRST_BIT + random.below(8 * bytes.length - FIRST_BIT);
  bytes[bit >> 3] ^= 1 << (bit & 7);
  console.log(`${bit} ${await outcome(bytes)}`);
}
