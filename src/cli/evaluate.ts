import { setImmediate } from 'node:timers/promises';
import type { Command } from 'commander';
import { type RowError, StarlingError, stoppedBy } from '../errors.js';
import { Evaluator } from '../measure/evaluation.js';
import { openInputs } from '../read/inputs.js';
import { readRankings } from '../read/rankings.js';
import { evaluationJson } from '../report/json.js';
import { evaluationTable } from '../report/table.js';
import type { Evaluation, Ranking } from '../types.js';
import { openRankings } from '../write/open-rankings.js';
import { type Force, type Output, openOutput, openOutputLater, type Unfinished } from '../write/output.js';
import { refuseSamePlace } from '../write/same-place.js';
import { eachRow, type Outcome } from './each-row.js';
import {
  addInputFlags,
  addModelFlags,
  type InputFlags,
  MODEL_FLAGS,
  type ModelFlags,
  ROW_FLAGS,
  rowOptions,
} from './options.js';
import { leaveStopSignals } from './stop-signals.js';
import { withRankings } from './with-rankings.js';
import { chosen, rejectsOf } from './with-rows.js';
import { writing } from './writing.js';

interface EvaluateFlags extends ModelFlags, InputFlags {
  scored?: boolean;
  json?: string;
  save?: string;
}

const SUMMARY = 'Tells how well the rankings of rows agree with their labels';

/** `starling-rm evaluate`: rows, or rankings, in; agreement with their labels out. */
export function addEvaluate(
  program: Command,
  run: (work: (interrupted: AbortSignal) => Promise<Outcome>) => Promise<void>,
): void {
  const command = program
    .command('evaluate')
    .summary(SUMMARY)
    .description(`${SUMMARY}, with intervals and beside choosing by length. Inputs are as for score.`)
    .argument('[inputs...]');
  command
    .option('--scored', 'the inputs are rankings, the output of score')
    .option('--json <file>', 'write all figures as JSON; - for standard output')
    .option('--save <file>', 'write the rankings, in the format of its name')
    .option('--force', 'replace files that exist');
  addInputFlags(addModelFlags(command))
    .addHelpText('after', '\nExample: starling-rm score rows.jsonl | starling-rm evaluate --scored -')
    .action((inputs: string[], flags: EvaluateFlags) => {
      const given = [...MODEL_FLAGS, ...ROW_FLAGS].filter((flag) => command.getOptionValueSource(flag) === 'cli');
      return run((interrupted) => evaluate(inputs, flags, given, interrupted));
    });
}

async function evaluate(
  inputs: readonly string[],
  flags: EvaluateFlags,
  modelFlags: readonly string[],
  interrupted: AbortSignal,
): Promise<Outcome> {
  checkFlags(flags, modelFlags);
  const { outcome, evaluation } = await fromRankings(inputs, flags, interrupted, async (rankings) => {
    const json = flags.json === undefined ? undefined : await openOutputLater(flags.json, forced(flags));
    return writingTo(json, () => measured(rankings, flags, interrupted, json));
  });
  await show(evaluationTable(evaluation), flags);
  return outcome;
}

/** What became of the rankings, which are saved, and what they come to, which is written as JSON, where these are asked for. */
async function measured(
  rankings: AsyncGenerator<Ranking | RowError>,
  flags: EvaluateFlags,
  interrupted: AbortSignal,
  json: Output | undefined,
): Promise<{ outcome: Outcome; evaluation: Evaluation }> {
  const evaluator = new Evaluator({ seed: flags.seed });
  const save = flags.save === undefined ? undefined : await openRankings(flags.save, forced(flags));
  const outcome = await writingTo(save, () =>
    eachRow(rankings, flags, interrupted, async (ranking) => {
      evaluator.add(ranking);
      await save?.write(ranking);
    }),
  );
  // The bootstrap leaves no room to listen. No file is half there: the rankings have their name, the JSON is not begun.
  // A signal that has come meanwhile is seen in the next turn of the event loop; after that it would be lost.
  await setImmediate();
  leaveStopSignals();
  if (interrupted.aborted) throw stoppedBy(interrupted, 'stopped before the intervals were computed');
  const evaluation = evaluator.result();
  await json?.write(evaluationJson(evaluation));
  return { outcome, evaluation };
}

function checkFlags(flags: EvaluateFlags, modelFlags: readonly string[]): void {
  if (flags.scored && modelFlags.length > 0) {
    const problem = `with --scored no row is read and no model is run, so these would do nothing: ${modelFlags.map(spelt).join(', ')}`;
    throw new StarlingError('E_USAGE', problem);
  }
}

/** `maxLength` as it is typed: `--max-length`. */
function spelt(flag: string): string {
  return `--${flag.replaceAll(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`;
}

/** Rankings of the rows, or with `--scored` those that the inputs hold. */
async function fromRankings<Result>(
  inputs: readonly string[],
  flags: EvaluateFlags,
  interrupted: AbortSignal,
  use: (rankings: AsyncGenerator<Ranking | RowError>) => Promise<Result>,
): Promise<Result> {
  const destinations = [
    { flag: '--json', target: flags.json },
    { flag: '--save', target: flags.save },
  ];
  if (!flags.scored) return withRankings(inputs, flags, interrupted, destinations, use);
  const opened = await openInputs(inputs);
  await refuseSamePlace([...destinations, rejectsOf(flags)], opened);
  const options = { ...rowOptions(flags), signal: interrupted };
  return use(chosen(readRankings(opened, options), flags));
}

async function writingTo<Result>(output: Unfinished | undefined, work: () => Promise<Result>): Promise<Result> {
  return output === undefined ? work() : writing(output, work);
}

function forced({ force = false }: EvaluateFlags): Force {
  return { force };
}

/** The table goes to standard output unless data does. It comes last: whoever closed that loses no file by it. */
async function show(table: string, flags: EvaluateFlags): Promise<void> {
  if (flags.json !== '-' && flags.save !== '-') await (await openOutput('-', { force: false })).write(table);
  else if (!flags.quiet) process.stderr.write(table);
}
