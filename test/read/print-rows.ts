import { parseArgs } from 'node:util';
import { RowError } from '../../src/contracts/errors.js';
import { LIMITS, openInputs } from '../../src/read/inputs/inputs.js';
import { readRows } from '../../src/read/rows.js';

/** A program for tests of streaming: prints each row as a line as soon as it is read, then `done` and the growth of memory. */
const { values: flags, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    'max-line': { type: 'string', default: '4096' },
    'stop-after': { type: 'string' },
    'abort-after-ms': { type: 'string' },
  },
});

const abortAfter = flags['abort-after-ms'];
const inputs = await openInputs(positionals);
const options = {
  ...LIMITS,
  maxLineBytes: Number(flags['max-line']),
  ...(abortAfter !== undefined && { signal: AbortSignal.timeout(Number(abortAfter)) }),
};
const before = process.memoryUsage.rss();
let count = 0;
for await (const row of readRows(inputs, options)) {
  count += 1;
  console.log(row instanceof RowError ? `${row.place.row} ${row.code}` : `${row.index} ${row.conversation[0]?.text}`);
  if (count === Number(flags['stop-after'])) break;
}
console.log(`done ${Math.round((process.resourceUsage().maxRSS * 1024 - before) / 2 ** 20)} MiB`);
