import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { TextConsole } from '../../src/cli/common/console/text-console.js';
import { starlingProgram } from '../../src/cli/program.js';
import { chooseEngine } from '../../src/engines/engines.js';
import { ROOT } from '../root.js';

const PATH = 'examples/vllm/README.md';
const PAGE = readFileSync(join(ROOT, PATH), 'utf8');
const MOST_LINES = 60;

/** The indented commands, each on one line. */
const COMMANDS = [...PAGE.replaceAll(/ \\\n\s*/g, ' ').matchAll(/^ {4,}(.*)$/gm)].map(([, command]) => command);
const OURS = COMMANDS.filter((command) => command.startsWith('starling-rm '));

test('the example fits a page, and marks what was not run on a GPU', () => {
  assert.ok(PAGE.split('\n').length <= MOST_LINES);
  for (const part of PAGE.split('\n\n').filter((text) => /GPU\.\*\*|GPUs of one|cluster\.\*\*/.test(text)))
    assert.match(part, /†/);
});

test('its links lead to files', () => {
  const links = [...PAGE.matchAll(/\]\(([^)]+)\)/g)].map(([, link]) => link);
  assert.ok(links.length > 0);
  for (const link of links) assert.ok(existsSync(join(ROOT, 'examples/vllm', link)), link);
});

test('its commands and their flags are those of the program', () => {
  const program = starlingProgram('0', () => {}, new TextConsole());
  assert.ok(OURS.length >= 6);
  for (const line of OURS) {
    const [, name] = line.split(' ');
    const command = program.commands.find((one) => one.name() === name);
    assert.ok(command !== undefined, line);
    const flags = [...line.matchAll(/(?<= )--?[a-z][\w-]*/g)].map(([flag]) => flag);
    for (const flag of flags)
      assert.ok(
        command.options.some(({ long, short }) => long === flag || short === flag),
        `${line}: ${flag}`,
      );
  }
});

test('its engines are engines', async () => {
  const engines = OURS.flatMap((line) => /--engine ("?)(vllm=[^ "]+)\1/.exec(line)?.[2] ?? []);
  assert.ok(engines.length >= 4);
  for (const engine of engines) {
    const { sessions } = await chooseEngine(
      { engine: engine.replace(/\$\{.*\}/, 'http://127.0.0.1:8000') },
      { folder: '.' },
    );
    assert.equal(sessions, undefined);
  }
});
