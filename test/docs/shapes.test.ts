import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { RowError } from '../../src/contracts/errors.js';
import { LIMITS, openInputs } from '../../src/read/inputs/inputs.js';
import { readRows } from '../../src/read/rows.js';
import { collect } from '../read/collect.js';
import { tempFolder } from '../temp-folder.js';
import { README, readPage } from './pages.js';

for (const [page, shapes] of [
  [README, 4],
  [readPage('docs/data.md'), 21],
] as const) {
  test(`every shape in the table of ${page.path} is read as it stands there`, async () => {
    const rows = [...page.text.matchAll(/^\| ([^|]+) \| `([{[].*)$/gm)];
    assert.equal(rows.length, shapes);
    for (const [, shape, cell] of rows) {
      for (const [, example] of `\`${cell}`.matchAll(/`([{[].*?)`/g)) {
        const file = join(tempFolder(), 'rows.jsonl');
        writeFileSync(file, `${whole(example)}\n`);
        const [row, ...more] = await collect(readRows(await openInputs([file]), LIMITS));
        assert.ok(!(row instanceof RowError) && more.length === 0, `${shape}: ${row}`);
        assert.ok(row.answers.length > 0 && row.conversation.length > 0);
      }
    }
  });
}

/** With something in the place of `…`: nothing more in a list, a dialogue as a list. */
function whole(example: string): string {
  const turns = (answer: string) => `[{"role":"user","content":"Hi"},{"role":"assistant","content":"${answer}"}]`;
  let lists = 0;
  const filled = example.replaceAll(', …]', ']').replaceAll('[…]', () => turns(`${lists++}`));
  return JSON.stringify(JSON.parse(filled));
}
