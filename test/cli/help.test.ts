import assert from 'node:assert/strict';
import { spawn, spawnSync } from 'node:child_process';
import { chmodSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { gzipSync } from 'node:zlib';
import { templateNames } from '../../src/template/templates.js';
import { HubServer } from '../hub/hub-server.js';
import { tinyRepository } from '../hub/tiny-repository.js';
import { MODEL, ROOT, SAMPLE } from '../root.js';
import { tempFolder } from '../temp-folder.js';
import { finished, run } from './run.js';

/** External programs that the examples use. */
const TOOLS = ['jq', 'zcat'];
const COMMANDS = ['score', 'evaluate', 'compare', 'merge', 'export', 'convert', 'doctor'];
const GROUPS = ['Input:', 'Choice:', 'Model:', 'Output:', 'Run:'];
const CHAT = "{% for m in messages %}{{ m.role + ': ' + m.content + ' ' }}{% endfor %}";

async function helpOf(...command: string[]): Promise<string> {
  const { code, stdout, stderr } = await run([...command, '--help']);
  assert.deepEqual({ code, stderr }, { code: 0, stderr: '' });
  return stdout;
}

function examplesIn(help: string): string[] {
  const [, text = ''] = help.split('\nExamples:\n');
  return [...text.matchAll(/^ {2}(.+)$/gm)].map(([, example]) => example);
}

test('every help fits 80 x 80 and goes to standard output', async () => {
  for (const command of [[], ...COMMANDS.map((name) => [name])]) {
    const shown = (await helpOf(...command)).split('\n');
    assert.ok(shown.length <= 80, `${command}: ${shown.length} lines`);
    for (const line of shown) assert.ok(line.length <= 80, line);
  }
  assert.match(await helpOf(), /^Example: starling-rm /m);
});

test('the help of a command has its flags in groups, three examples, and the pages that say more', async () => {
  for (const command of COMMANDS) {
    const help = await helpOf(command);
    const headings = help.split('\n').filter((line) => GROUPS.includes(line));
    assert.deepEqual(
      headings,
      GROUPS.filter((group) => headings.includes(group)),
      `${command}: in this order`,
    );
    assert.ok(headings.length >= 3 && !help.includes('Options:'), command);
    const examples = examplesIn(help);
    assert.equal(examples.length, 3, command);
    for (const example of examples) assert.match(example, new RegExp(`starling-rm ${command}\\b`));
    assert.match(help, /\n\nSee docs\/[\w-]+\.md(, docs\/[\w-]+\.md)*\n$/);
  }
});

test('the help lists the templates that --template takes', async () => {
  for (const command of ['score', 'evaluate', 'convert', 'doctor']) {
    const words = (await helpOf(command)).split(/[\s,]+/);
    for (const name of [...templateNames, 'chat-template']) assert.ok(words.includes(name), `${command}: ${name}`);
  }
});

const { folder: checkpoint, files } = await tinyRepository();
const server = await HubServer.open({ name: 'OWNER/NAME', files });
after(() => server.close());

/** A folder with the files that the examples name. */
async function workplace(): Promise<string> {
  const folder = tempFolder();
  const rows = readFileSync(SAMPLE, 'utf8').split('\n').slice(0, 2).join('\n');
  writeFileSync(join(folder, 'rows.jsonl'), rows);
  writeFileSync(join(folder, 'rows.jsonl.gz'), gzipSync(rows));
  mkdirSync(join(folder, 'shards'));
  writeFileSync(join(folder, 'shards/0.jsonl'), rows);
  writeFileSync(join(folder, 'chat.jinja'), CHAT);
  symlinkSync(checkpoint, join(folder, 'checkpoint'));
  mkdirSync(join(folder, 'bin'));
  const program = join(folder, 'bin/starling-rm');
  writeFileSync(program, `#!/bin/sh\nexec "${process.execPath}" "${ROOT}/bin/starling-rm" "$@"\n`);
  chmodSync(program, 0o755);
  return folder;
}

function skipWithoutTools(): string | false {
  const missing = TOOLS.filter((tool) => spawnSync('bash', ['-c', `command -v ${tool}`]).status !== 0);
  return missing.length > 0 && `NOT TESTED: ${missing.join(', ')} is absent`;
}

async function inFolder(folder: string, line: string): Promise<string> {
  const env = {
    ...process.env,
    PATH: `${join(folder, 'bin')}:${process.env.PATH}`,
    HF_ENDPOINT: server.endpoint,
    HF_HOME: join(folder, 'cache'),
  };
  const child = spawn('bash', ['-o', 'pipefail', '-c', line], { cwd: folder, env });
  child.stdin.end();
  const { code, stdout, stderr } = await finished(child);
  assert.equal(code, 0, `${line}: ${stderr}`);
  return stdout;
}

/** Prepares what the examples of a command need. */
const PREPARED: Readonly<Record<string, (folder: string) => Promise<unknown>>> = {
  compare: async (folder) => {
    await inFolder(folder, 'starling-rm score rows.jsonl -q -o int8.jsonl');
    await inFolder(folder, 'starling-rm score rows.jsonl -q --max-length 64 -o fp32.jsonl');
  },
  merge: async (folder) => {
    for (const shard of [0, 1, 2, 3])
      await inFolder(folder, `starling-rm score rows.jsonl -q --shard ${shard}/4 -o out.jsonl`);
  },
  export: async (folder) => inFolder(folder, 'starling-rm score rows.jsonl -q --keep -o rankings.jsonl'),
  doctor: async (folder) => symlinkSync(MODEL, join(folder, 'my-model')),
};

for (const command of COMMANDS) {
  test(`the examples in the help of ${command} work`, { skip: skipWithoutTools() }, async () => {
    const folder = await workplace();
    await PREPARED[command]?.(folder);
    for (const example of examplesIn(await helpOf(command))) {
      const made = command === 'convert' ? 'rm -rf my-model; ' : '';
      await inFolder(folder, made + example);
    }
  });
}
