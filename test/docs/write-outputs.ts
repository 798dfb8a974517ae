import { cpSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { ROOT } from '../root.js';
import { tempFolder } from '../temp-folder.js';
import { type Command, commandsOf, type Page, REST, WRITTEN } from './pages.js';
import { printedLines, runIn, skipWithoutTools, workplace } from './workplace.js';

/** Writes what the commands of the README and `docs` print now into these pages: `npm run docs`. */
async function writeOutputs(): Promise<void> {
  const made = await workplace();
  for (const page of WRITTEN) {
    const folder = tempFolder();
    cpSync(made, folder, { recursive: true });
    const outputs = commandsOf(page).map((command): [Command, string[]] => [command, outputOf(command, folder)]);
    writeFileSync(join(ROOT, page.path), withOutputs(page, outputs));
  }
}

function outputOf(command: Command, folder: string): string[] {
  if (skipWithoutTools(command)) return command.output;
  const found = runIn(folder, command);
  if (found.status !== 0) throw new Error(`${command.text}: ${found.stderr}`);
  if (command.kind === 'sh') return [];
  const lines = printedLines(command, found);
  return command.output.at(-1) === REST ? [...lines.slice(0, command.output.length - 1), REST] : lines;
}

function withOutputs({ text }: Page, outputs: readonly [Command, string[]][]): string {
  const lines = text.split('\n');
  // From the end, so that the lines before keep their numbers.
  for (const [{ outputLine, output }, found] of [...outputs].reverse()) {
    lines.splice(outputLine, output.length, ...found);
  }
  return lines.join('\n');
}

await writeOutputs();
