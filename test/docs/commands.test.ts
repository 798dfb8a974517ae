import assert from 'node:assert/strict';
import { cpSync, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { tempFolder } from '../temp-folder.js';
import { blocksOf, commandsOf, proseOf, REST, WRITTEN } from './pages.js';
import { printedLines, runIn, skipWithoutTools, workplace } from './workplace.js';

/** A block is one of these; `console` and `sh` are run. */
const LANGUAGES = ['console', 'sh', 'json', 'text'];
/** Commands that leave nothing behind to look at. */
const SETUP = /^(npm|export) /;

const made = workplace();

for (const page of WRITTEN) {
  test(`${page.path}: every command stands in a block that is run`, () => {
    const others = blocksOf(page).filter(({ language }) => language !== 'console' && language !== 'sh');
    for (const { language, lines } of others) {
      assert.ok(LANGUAGES.includes(language), `a block of ${language || 'no language'}`);
      assert.doesNotMatch(lines.join('\n'), /^(\$ |starling-rm |npm )/m);
    }
    assert.doesNotMatch(proseOf(page), /^ {4}\S/m, 'an indented block');
  });

  const folder = made.then((from) => {
    const to = tempFolder();
    cpSync(from, to, { recursive: true });
    return to;
  });

  for (const command of commandsOf(page)) {
    const title = `${page.path}, line ${command.line + 1}: ${command.text}`;
    test(title, { skip: skipWithoutTools(command) }, async () => {
      const before = new Set(filesIn(await folder));
      const { status, stdout, stderr } = runIn(await folder, command);
      assert.equal(status, 0, stderr);
      assert.doesNotMatch(stderr, /^starling-rm: E_(?!SKIPPED)/m);
      const written = filesIn(await folder).filter((name) => !before.has(name));
      for (const name of written) assert.ok(statSync(join(await folder, name)).size > 0, `${name} is empty`);
      if (command.kind === 'console') {
        const isCut = command.output.at(-1) === REST;
        const shown = withoutFigures(isCut ? command.output.slice(0, -1) : command.output);
        const printed = withoutFigures(printedLines(command, { stdout, stderr }));
        assert.equal(isCut ? printed.slice(0, shown.length) : printed, shown);
      } else assert.ok(written.length > 0 || stdout.length > 0 || SETUP.test(command.text), 'it gave nothing');
    });
  }
}

function filesIn(folder: string): string[] {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' });
}

/** Words and layout of an output: its figures, and the white space that they move, differ between machines. */
function withoutFigures(lines: readonly string[]): string {
  return lines
    .join(' ')
    .replaceAll(/-?\d[\d.,]*/g, '#')
    .replaceAll(/\s+/g, ' ')
    .trim();
}
