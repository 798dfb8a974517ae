import { Command } from 'commander';
import { StarlingError } from '../contracts/errors.js';
import type { Console } from './common/console/console.js';
import { type Outcome, skippedText } from './common/each-row.js';
import { optionText } from './common/flags.js';
import type { Run } from './common/run.js';
import { firstStopSignal } from './common/stop-signals.js';
import { addCompare } from './compare/flags.js';
import { addConvert } from './convert/flags.js';
import { addDoctor } from './doctor/flags.js';
import { addEvaluate } from './evaluate/flags.js';
import { addExport } from './export/flags.js';
import { addMerge } from './merge/flags.js';
import { addScore } from './score/flags.js';

const HELP = `
Each command has --help with examples. All flags: docs/cli.md
Example: starling-rm evaluate rows.jsonl
Exit codes: 0 done, 1 failed or rows were skipped, 2 misuse (flags, missing
files, no such model), 129, 130, 138, 143 stopped by SIGHUP, SIGINT, SIGUSR1,
SIGTERM.`;

/**
 * The command line with all its commands.
 *
 * @param version as package.json has it
 * @param writeOut takes the text of --help and --version
 * @param console that commands write to
 */
export function starlingProgram(version: string, writeOut: (text: string) => void, console: Console): Command {
  const scoring: Run<Outcome> = (work) => withoutSkipped(work, console);
  const program = new Command('starling-rm')
    .description('Scores and ranks answers with a reward model, and measures how well the rankings agree with labels.')
    .version(version, '-V, --version', 'show the version')
    .helpOption('-h, --help', 'show this help')
    .helpCommand(false)
    .exitOverride()
    // An error is shown once, where the exit code is decided.
    .configureOutput({ writeOut, outputError: () => {} })
    .configureHelp({ helpWidth: 80, subcommandTerm: (command) => command.name(), optionDescription: optionText })
    .addHelpText('after', HELP);
  addScore(program, scoring);
  addEvaluate(program, scoring);
  addCompare(program, scoring);
  addMerge(program, scoring);
  addExport(program, scoring);
  addConvert(program, (work) => work(firstStopSignal(), console));
  addDoctor(program, version, (work) => work(firstStopSignal(), console));
  return program;
}

/** Runs `work` with a signal that the first stop signal aborts: rows in flight are written. A second one ends the process at once. */
async function withoutSkipped(work: Parameters<Run<Outcome>>[0], console: Console): Promise<void> {
  const skipped = skippedText(await work(firstStopSignal(), console));
  if (skipped !== undefined) throw new StarlingError('E_SKIPPED', skipped);
}
