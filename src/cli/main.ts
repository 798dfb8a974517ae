import './common/small-heap.js';
import { readFileSync } from 'node:fs';
import { Command, CommanderError } from 'commander';
import { StarlingError } from '../contracts/errors.js';
import { openOutput } from '../write/files/output.js';
import { type Outcome, skippedText } from './common/each-row.js';
import { exitCode } from './common/exit-code.js';
import { firstStopSignal } from './common/stop-signals.js';
import { addCompare } from './compare/flags.js';
import { addConvert } from './convert/flags.js';
import { addDoctor } from './doctor/flags.js';
import { addEvaluate } from './evaluate/flags.js';
import { addScore } from './score/flags.js';

const HELP = `
Example: starling-rm evaluate rows.jsonl
Each command has --help. Exit codes: 0 done, 1 failed or rows were skipped,
2 misuse (flags, missing files, no such model), 129, 130, 138, 143
stopped by SIGHUP, SIGINT, SIGUSR1, SIGTERM.`;

/** Runs the command line and ends the process with its exit code. */
export async function main(argv: readonly string[]): Promise<void> {
  process.exit(await exitCode(() => parsed(argv)));
}

async function parsed(argv: readonly string[]): Promise<void> {
  checkDirectory();
  let help = '';
  try {
    await program((text) => {
      help += text;
    }).parseAsync(argv);
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error;
    if (error.exitCode !== 0) throw new StarlingError('E_USAGE', usageProblem(error));
    await (await openOutput('-', { force: false })).write(help);
  }
}

/** Relative paths, and the runtime, need it. */
function checkDirectory(): void {
  try {
    process.cwd();
  } catch (cause) {
    throw new StarlingError('E_USAGE', 'the working directory is not there any more', {}, cause);
  }
}

function usageProblem({ code, message }: CommanderError): string {
  if (code === 'commander.help') return 'name a command: score, evaluate, compare, convert or doctor';
  return message.replace(/^error: /, '').replaceAll(/\s*\n/g, ' ');
}

/** @param writeOut takes what is asked for with --help and --version */
function program(writeOut: (text: string) => void): Command {
  const { version } = JSON.parse(readFileSync(new URL('../../../package.json', import.meta.url), 'utf8'));
  const commands = new Command('starling-rm')
    .description('Scores and ranks answers with a reward model, and tells how well the rankings agree with labels.')
    .version(version)
    .helpCommand(false)
    .exitOverride()
    // Told like any other error, by whoever gives the exit code.
    .configureOutput({ writeOut, outputError: () => {} })
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

/** Runs `work` with a signal that the first stop signal aborts: rows in flight are written. A second one ends the process at once. */
async function scoring(work: (interrupted: AbortSignal) => Promise<Outcome>): Promise<void> {
  const skipped = skippedText(await work(firstStopSignal()));
  if (skipped !== undefined) throw new StarlingError('E_SKIPPED', skipped);
}
