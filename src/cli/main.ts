import './common/small-heap.js';
import { readFileSync } from 'node:fs';
import { CommanderError } from 'commander';
import { StarlingError } from '../contracts/errors.js';
import { openOutput } from '../write/files/output.js';
import type { Console } from './common/console/console.js';
import { openConsole } from './common/console/open-console.js';
import { exitCode } from './common/exit-code.js';
import { starlingProgram } from './program.js';

/** Runs the command line and ends the process with its exit code. */
export async function main(argv: readonly string[]): Promise<void> {
  const console = openConsole(argv);
  process.exit(await exitCode(() => parsed(argv, console), console));
}

async function parsed(argv: readonly string[], console: Console): Promise<void> {
  checkDirectory();
  const { version } = JSON.parse(readFileSync(new URL('../../../package.json', import.meta.url), 'utf8'));
  let help = '';
  const writeOut = (text: string) => {
    help += text;
  };
  const program = starlingProgram(version, writeOut, console);
  try {
    await program.parseAsync(argv);
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error;
    if (error.exitCode !== 0) throw new StarlingError('E_USAGE', usageProblem(error));
    await (await openOutput('-', { force: false })).write(help);
  }
}

/** Relative paths and the runtime need a working directory. */
function checkDirectory(): void {
  try {
    process.cwd();
  } catch (cause) {
    throw new StarlingError('E_USAGE', 'the working directory is not there any more', {}, cause);
  }
}

function usageProblem({ code, message }: CommanderError): string {
  if (code === 'commander.help') return 'name a command: score, evaluate, compare, merge, export, convert or doctor';
  return message.replace(/^error: /, '').replaceAll(/\s*\n/g, ' ');
}
