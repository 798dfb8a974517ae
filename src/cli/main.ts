import { readFileSync } from 'node:fs';
import { Command, CommanderError } from 'commander';
import { StarlingError } from '../errors.js';
import { ClosedPipe } from '../write/output.js';
import { addConvert } from './convert.js';
import type { Outcome } from './each-ranking.js';
import { addEvaluate } from './evaluate.js';
import { addScore } from './score.js';
import { tell } from './tell.js';

const MISUSE = 2;

const HELP = `
Example: starling-rm evaluate rows.jsonl
Each command has --help. Exit codes: 0 done, 1 failed or rows were skipped,
2 misuse (flags, missing files, no such model), 130 stopped by SIGINT.`;

/** Runs the command line and ends the process with its exit code: 0, 1, 2 or 130, as the README says. */
export async function main(argv: readonly string[]): Promise<void> {
  process.exit(await exitCode(program(), argv));
}

async function exitCode(commands: Command, argv: readonly string[]): Promise<number> {
  try {
    await commands.parseAsync(argv);
    return 0;
  } catch (error) {
    if (error instanceof ClosedPipe) return 0;
    // commander has told it already.
    if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : MISUSE;
    if (!(error instanceof StarlingError)) throw error;
    tell(String(error));
    return error.exitCode;
  }
}

function program(): Command {
  const { version } = JSON.parse(readFileSync(new URL('../../../package.json', import.meta.url), 'utf8'));
  const commands = new Command('starling-rm')
    .description('Scores and ranks answers with a reward model, and tells how well the rankings agree with labels.')
    .version(version)
    .helpCommand(false)
    .exitOverride()
    .configureOutput({ outputError: (text, write) => write(text.replace(/^error: /, 'starling-rm: E_USAGE: ')) })
    .configureHelp({
      helpWidth: 80,
      subcommandTerm: (command) => command.name(),
      optionDescription: (option) => option.description,
    })
    .addHelpText('after', HELP);
  addScore(commands, scoring);
  addEvaluate(commands, scoring);
  addConvert(commands, (work) => work());
  return commands;
}

/** Runs `work` with a signal that the first SIGINT aborts: rows in flight are written. The second ends the process as SIGINT does. */
async function scoring(work: (interrupted: AbortSignal) => Promise<Outcome>): Promise<void> {
  const interrupt = new AbortController();
  process.once('SIGINT', () => interrupt.abort());
  const { rows, skipped } = await work(interrupt.signal);
  if (skipped > 0) throw new StarlingError('E_SKIPPED', `${skipped} of ${rows + skipped} rows were skipped`);
}
