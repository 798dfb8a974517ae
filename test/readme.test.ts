import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { chmodSync, copyFileSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { gzipSync } from 'node:zlib';
import { RowError } from '../src/contracts/errors.js';
import { LIMITS, openInputs } from '../src/read/inputs/inputs.js';
import { readRows } from '../src/read/rows.js';
import { openDuckDb, sqlText } from '../src/tables/duckdb.js';
import { byteModel } from './cli/byte-model.js';
import { collect } from './read/collect.js';
import { ROOT, SAMPLE } from './root.js';
import { tempFolder } from './temp-folder.js';

const README = readFileSync(join(ROOT, 'README.md'), 'utf8');
const LINES = readFileSync(SAMPLE, 'utf8').trimEnd().split('\n');

/** Programs that systems usually have. */
const TOOLS = ['jq', 'duckdb', 'parallel', 'zcat'];

/** The commands of a chapter, each with the comment before it. */
function commandsIn(chapter: string): [title: string, command: string][] {
  const [, text = ''] = README.split(`\n## ${chapter}\n`);
  const [body] = text.split('\n## ');
  return [...body.matchAll(/^ {4}# (.+)\n {4}(.+)$/gm)].map(([, title, command]) => [title, command]);
}

/** A folder with the rows that the commands use, and a `starling-rm` with a small model. */
async function workplace(): Promise<string> {
  const folder = tempFolder();
  copyFileSync(SAMPLE, join(folder, 'rows.jsonl'));
  writeFileSync(join(folder, 'rows.jsonl.gz'), gzipSync(readFileSync(SAMPLE)));
  mkdirSync(join(folder, 'shards'));
  for (const shard of [0, 1, 2]) {
    const lines = LINES.slice(shard * 9, shard * 9 + 9);
    writeFileSync(join(folder, `shards/${shard}.jsonl`), lines.map((line) => `${line}\n`).join(''));
  }
  const database = await openDuckDb();
  const rows = `FROM read_json(${sqlText(SAMPLE)})`;
  await database.run(`COPY (${rows}) TO ${sqlText(join(folder, 'rows.parquet'))} (FORMAT parquet)`);
  database.close();
  mkdirSync(join(folder, 'bin'));
  const program = join(folder, 'bin/starling-rm');
  writeFileSync(
    program,
    `#!/bin/sh\nexec "${process.execPath}" "${ROOT}/bin/starling-rm" "$@" -m "${await byteModel()}"\n`,
  );
  chmodSync(program, 0o755);
  return folder;
}

function filesIn(folder: string): string[] {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' });
}

const commands = commandsIn('In the shell');
const place = workplace();

test('the README has ten uses in the shell', () => {
  assert.equal(commands.length, 10);
});

for (const [title, command] of commands) {
  test(`in the shell: ${title}`, { skip: skipWithoutTools(command) }, async () => {
    const folder = await place;
    const before = new Set(filesIn(folder));
    const { status, stdout, stderr } = spawnSync('bash', ['-o', 'pipefail', '-c', command], {
      cwd: folder,
      env: { ...process.env, PATH: `${join(folder, 'bin')}:${process.env.PATH}` },
      encoding: 'utf8',
    });
    assert.equal(status, 0, stderr);
    assert.doesNotMatch(stderr, /^starling-rm: E_(?!SKIPPED)/m);
    const written = filesIn(folder).filter((name) => !before.has(name));
    for (const name of written) assert.ok(statSync(join(folder, name)).size > 0, `${name} is empty`);
    assert.ok(written.length > 0 || stdout.length > 0, 'it gave something');
  });
}

test('every shape in the table is read as written there', async () => {
  const rows = [...README.matchAll(/^\| ([^|]+) \| `([{[].*)$/gm)];
  assert.equal(rows.length, 10);
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

/** Replaces `…`: the rest of a list by nothing, a dialogue by a list of turns. */
function whole(example: string): string {
  const turns = (answer: string) => `[{"role":"user","content":"Hi"},{"role":"assistant","content":"${answer}"}]`;
  let lists = 0;
  const filled = example.replaceAll(', …]', ']').replaceAll('[…]', () => turns(`${lists++}`));
  return JSON.stringify(JSON.parse(filled));
}

function skipWithoutTools(command: string): string | false {
  const missing = TOOLS.filter((tool) => command.includes(`${tool} `)).filter((tool) => {
    return spawnSync('bash', ['-c', `command -v ${tool}`]).status !== 0;
  });
  return missing.length > 0 && `NOT TESTED: ${missing.join(', ')} is absent`;
}
