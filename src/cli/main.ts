import './small-heap.js';
import { readFileSync } from 'node:fs';
import { Command, CommanderError } from 'commander';
import { StarlingError } from '../errors.js';
import { addCompare } from './commands/compare.js';
import { addConvert } from './commands/convert.js';
import { addDoctor } from './commands/doctor.js';
import { addEvaluate } from './commands/evaluate.js';
import { addScore } from './commands/score.js';
import { type Outcome, skippedText } from './each-row.js';
import { exitCode } from './exit-code.js';
import { firstStopSignal } from './stop-signals.js';

const HELP = `
Example: starling-rm evaluate rows.jsonl
Each command has --help. Exit codes: 0 done, 1 failed or rows were skipped,
2 misuse (flags, missing files, no such model), 130 stopped by SIGINT,
143 by SIGTERM.`;

/** Runs the command line and ends the process with its exit code. */
export async function main(argv: readonly string[]): Promise<void> {
  process.exit(await exitCode(() => parsed(argv)));
}

async function parsed(argv: readonly string[]): Promise<void> {
  try {
    await program().parseAsync(argv);
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error;
    if (error.exitCode !== 0) throw new StarlingError('E_USAGE', usageProblem(error));
  }
}

function usageProblem({ code, message }: CommanderError): string {
  if (code === 'commander.help') return 'name a command: score, evaluate, compare, convert or doctor';
  return message.replace(/^error: /, '').replaceAll(/\s*\n/g, ' ');
}

function program(): Command {
  const { version } = JSON.parse(readFileSync(new URL('../../../package.json', import.meta.url), 'utf8'));
  const commands = new Command('starling-rm')
    .description('Scores and ranks answers with a reward model, and tells how well the rankings agree with labels.')
    .version(version)
    .helpCommand(false)
    .exitOverride()
    // Told like any other error, by whoever gives the exit code.
    .configureOutput({ outputError: () => {} })
    .configureHelp({
      helpWidth: 80,
      subcommandTerm: (command) => command.name(),
      optionDescription: (option) => option.description,
    })
    .addHelpText('after', HELP);
  addScore(commands, scoring);
  addEvaluate(commands, scoring);
  addCompare(commands, scoring);
  addConvert(commands, (work) => work(firstStopSignal()));
  addDoctor(commands, version, (work) => work(firstStopSignal()));
  return commands;
}

/** Runs `work` with a signal that the first SIGINT or SIGTERM aborts: rows in flight are written. A second one ends the process at once. */
async function scoring(work: (interrupted: AbortSignal) => Promise<Outcome>): Promise<void> {
  const skipped = skippedText(await work(firstStopSignal()));
  if (skipped !== undefined) throw new StarlingError('E_SKIPPED', skipped);
}
