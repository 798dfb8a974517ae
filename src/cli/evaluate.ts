import { resolve } from 'node:path';
import type { Command } from 'commander';
import { type RowError, StarlingError } from '../errors.js';
import { Evaluator } from '../measure/evaluation.js';
import { openInputs } from '../read/inputs.js';
import { readRankings } from '../read/rankings.js';
import { evaluationJson } from '../report/json.js';
import { evaluationTable } from '../report/table.js';
import type { Ranking } from '../types.js';
import { type Output, openOutput } from '../write/output.js';
import { rankingLine } from '../write/rankings.js';
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
import { withRankings } from './with-rankings.js';
import { chosen } from './with-rows.js';
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
    .option('--save <file>', 'write the rankings')
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
  const evaluator = new Evaluator({ seed: flags.seed });
  const { outcome, evaluation } = await fromRankings(inputs, flags, interrupted, (rankings) =>
    writingTo(flags.json, flags, (json) =>
      writingTo(flags.save, flags, async (save) => {
        const outcome = await eachRow(rankings, flags, interrupted, async (ranking) => {
          evaluator.add(ranking);
          await save?.write(rankingLine(ranking));
        });
        // Nothing is in flight any more, and the bootstrap leaves no room to listen: from here SIGINT ends the process by itself.
        process.removeAllListeners('SIGINT');
        const evaluation = evaluator.result();
        await json?.write(evaluationJson(evaluation));
        return { outcome, evaluation };
      }),
    ),
  );
  await show(evaluationTable(evaluation), flags);
  return outcome;
}

function checkFlags(flags: EvaluateFlags, modelFlags: readonly string[]): void {
  if (flags.scored && modelFlags.length > 0) {
    const problem = `with --scored no row is read and no model is run, so these would do nothing: ${modelFlags.map(spelt).join(', ')}`;
    throw new StarlingError('E_USAGE', problem);
  }
  if (flags.json !== undefined && flags.save !== undefined && resolve(flags.json) === resolve(flags.save)) {
    throw new StarlingError('E_USAGE', '--json and --save cannot both write to the same place');
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
  if (!flags.scored) return withRankings(inputs, flags, interrupted, use);
  const options = { ...rowOptions(flags), signal: interrupted };
  return use(chosen(readRankings(await openInputs(inputs), options), flags));
}

async function writingTo<Result>(
  target: string | undefined,
  { force = false }: EvaluateFlags,
  work: (output: Output | undefined) => Promise<Result>,
): Promise<Result> {
  return target === undefined ? work(undefined) : writing(await openOutput(target, { force }), work);
}

/** The table goes to standard output unless data does. It comes last: whoever closed that loses no file by it. */
async function show(table: string, flags: EvaluateFlags): Promise<void> {
  if (flags.json !== '-' && flags.save !== '-') await (await openOutput('-', { force: false })).write(table);
  else if (!flags.quiet) process.stderr.write(table);
}
