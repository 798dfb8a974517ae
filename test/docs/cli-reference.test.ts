import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { CLI_PAGE, cliReference, commandsWithHelp } from './cli-reference.js';

test('docs/cli.md is what npm run docs writes', () => {
  assert.equal(readFileSync(CLI_PAGE, 'utf8'), cliReference(), 'run npm run docs');
});

test('docs/cli.md has every flag of every command, also those that the help leaves out', () => {
  const parts = cliReference().split(/^## /m);
  for (const command of commandsWithHelp().commands) {
    const part = parts.find((text) => text.startsWith(`${command.name()}\n`)) ?? '';
    for (const { long } of command.options) assert.ok(part.includes(`${long}`), `${command.name()} ${long}`);
  }
});
