import assert from 'node:assert/strict';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { tinyModel } from '../doctor/tiny-model.js';
import { tempFolder } from '../temp-folder.js';
import { row, run, shell } from './run.js';

const model = await tinyModel();
const folder = tempFolder();
const [rows, rankings] = ['rows.jsonl', 'rankings.jsonl'].map((name) => join(folder, name));
await writeFile(rows, row('a', ['ab', 'b']));
await run(['score', '--model', model, rows, '-o', rankings]);

const COMMANDS = [
  `score --model ${model} ${rows}`,
  `score --model ${model} ${rows} --explain`,
  `score --model ${model} ${rows} --dry-run`,
  `evaluate --scored ${rankings}`,
  `evaluate --scored ${rankings} --json -`,
  `compare ${rankings} ${rankings}`,
  `doctor --model ${model} --json`,
  ...['', 'score ', 'evaluate ', 'compare ', 'convert ', 'doctor '].map((command) => `${command}--help`),
  '--version',
];

test('a failed write to standard output is an error in every command', async () => {
  for (const command of COMMANDS) {
    const { code, stderr } = await shell(`starling-rm ${command} > /dev/full`);
    assert.deepEqual([code, /E_WRITE: <stdout>: .*ENOSPC/.test(stderr)], [1, true], `${command}: ${stderr}`);
  }
});

test('a standard error that is full or closed loses no data and changes no exit code', async () => {
  for (const command of COMMANDS.filter((one) => !/dry-run|doctor/.test(one))) {
    const expected = await shell(`starling-rm ${command}`);
    for (const where of ['2> /dev/full', '2>&-']) {
      const { code, stdout } = await shell(`starling-rm ${command} ${where}`);
      assert.deepEqual({ code, stdout }, { code: expected.code, stdout: expected.stdout }, `${command} ${where}`);
    }
  }
  assert.equal((await shell('starling-rm score ./nothing 2> /dev/full')).code, 2);
});
