import { basename, resolve } from 'node:path';
import type { Command } from 'commander';
import type { Evaluation } from '../agreement.js';
import { type RowError, StarlingError } from '../errors.js';
import { Suspects } from '../measure/audit/suspects.js';
import { Evaluator } from '../measure/evaluation.js';
import { openInputs } from '../read/inputs.js';
import { limit } from '../read/limit.js';
import { readRankings } from '../read/rankings.js';
import { reportPage } from '../report/html/page.js';
import type { Report } from '../report/html/report.js';
import { evaluationJson } from '../report/json.js';
import { evaluationMarkdown } from '../report/markdown.js';
import { evaluationTable } from '../report/table.js';
import type { Ranking } from '../types.js';
import { type Output, openOutput } from '../write/output.js';
import { rankingLine } from '../write/rankings.js';
import { eachRanking, type Outcome } from './each-ranking.js';
import {
  addInputFlags,
  addModelFlags,
  atLeast,
  fieldList,
  type InputFlags,
  MODEL_FLAGS,
  type ModelFlags,
  maxLineBytes,
} from './options.js';
import { plainRanking } from './plain-ranking.js';
import { withRankings } from './with-rankings.js';
import { writing } from './writing.js';

/** What can be written, each named by the flag that says where. */
const OUTPUTS = ['json', 'html', 'markdown', 'suspects', 'save'] as const;
type OutputName = (typeof OUTPUTS)[number];
type Outputs = Partial<Record<OutputName, Output>>;

interface EvaluateFlags extends ModelFlags, InputFlags, Partial<Record<OutputName, string>> {
  scored?: boolean;
  by?: string[];
  suspectsLimit: number;
  seed: number;
  force?: boolean;
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
    .option('--by <fields>', 'also by source,model,turns,good_natured,length,FIELD', fieldList)
    .option('--json <file>', 'write all figures as JSON; - for standard output')
    .option('--html <file>', 'write a page with plots and the worst disagreements')
    .option('--markdown <file>', 'write a short table for a model card')
    .option('--suspects <file>', 'write rows whose labels to look at, JSON lines')
    .option('--suspects-limit <n>', 'no more rows of each kind than this (100)', atLeast(1), 100)
    .option('--save <file>', 'write the rankings')
    .option('--force', 'replace files that exist')
    .option('--seed <n>', 'seed of the bootstrap (1)', atLeast(0), 1);
  addInputFlags(addModelFlags(command, { brief: true }))
    .addHelpText(
      'after',
      '\nAll flags of score that say how to score work here too.\nExample: starling-rm score rows.jsonl | starling-rm evaluate --scored -',
    )
    .action((inputs: string[], flags: EvaluateFlags) => {
      const given = MODEL_FLAGS.filter((flag) => command.getOptionValueSource(flag) === 'cli');
      const origin = originOf(inputs, flags, program.version());
      return run((interrupted) => evaluate(inputs, flags, given, origin, interrupted));
    });
}

async function evaluate(
  inputs: readonly string[],
  flags: EvaluateFlags,
  modelFlags: readonly string[],
  origin: Origin,
  interrupted: AbortSignal,
): Promise<Outcome> {
  checkFlags(flags, modelFlags);
  const { outcome, evaluation } = await fromRankings(inputs, flags, interrupted, (rankings) =>
    writingAll(OUTPUTS, flags, {}, (outputs) => measured(rankings, flags, origin, interrupted, outputs)),
  );
  await show(evaluationTable(evaluation), flags);
  return outcome;
}

/** Takes the rankings, then writes what was asked for. */
async function measured(
  rankings: AsyncGenerator<Ranking | RowError>,
  flags: EvaluateFlags,
  origin: Origin,
  interrupted: AbortSignal,
  outputs: Outputs,
): Promise<{ outcome: Outcome; evaluation: Evaluation }> {
  const evaluator = new Evaluator({ seed: flags.seed, by: flags.by ?? [] });
  const suspects = outputs.suspects && new Suspects(flags.suspectsLimit);
  const outcome = await eachRanking(rankings, flags, interrupted, async (ranking) => {
    evaluator.add(ranking);
    suspects?.add(ranking);
    await outputs.save?.write(rankingLine(flags.scored ? ranking : plainRanking(ranking)));
  });
  // Nothing is in flight any more, and the bootstrap leaves no room to listen: from here SIGINT ends the process by itself.
  process.removeAllListeners('SIGINT');
  const evaluation = { ...evaluator.result(), ...(suspects && { suspects: suspects.counts }) };
  await outputs.json?.write(evaluationJson(evaluation));
  await outputs.html?.write(await reportPage({ ...origin, evaluation, worst: evaluator.worstRankings }));
  await outputs.markdown?.write(evaluationMarkdown(evaluation));
  for (const suspect of suspects?.rows ?? []) await outputs.suspects?.write(rankingLine(suspect));
  return { outcome, evaluation };
}

/** What the figures are of, as the page says it: names without the folders, which are nobody else's business. */
type Origin = Pick<Report, 'inputs' | 'model' | 'program'>;

function originOf(inputs: readonly string[], { scored, model }: EvaluateFlags, version = ''): Origin {
  const names = inputs.length > 0 ? inputs : ['-'];
  return {
    inputs: names.map((name) => (name === '-' ? 'standard input' : basename(name))),
    ...(scored ? {} : { model: basename(resolve(model)) }),
    program: `starling-rm ${version}`.trim(),
  };
}

function checkFlags(flags: EvaluateFlags, modelFlags: readonly string[]): void {
  if (flags.scored && modelFlags.length > 0) {
    const problem = `with --scored no model is run, so these would do nothing: ${modelFlags.map(spelt).join(', ')}`;
    throw new StarlingError('E_USAGE', problem);
  }
  const places = new Map<string, OutputName>();
  for (const name of OUTPUTS) {
    const target = flags[name];
    if (target === undefined) continue;
    const other = places.get(resolve(target));
    if (other) throw new StarlingError('E_USAGE', `--${other} and --${name} cannot both write to the same place`);
    places.set(resolve(target), name);
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
  if (!flags.scored) return withRankings(inputs, { ...flags, keep: needsTexts(flags) }, interrupted, use);
  const options = { maxLineBytes: maxLineBytes(flags), signal: interrupted };
  return use(limit(readRankings(await openInputs(inputs), options), flags.limit));
}

/** Whether what is asked for reads the texts, or a field that a ranking only has if it carries its row along. */
function needsTexts({ suspects, html, by = [] }: EvaluateFlags): boolean {
  return suspects !== undefined || html !== undefined || by.length > 0;
}

/** The outputs that are asked for, one within the other, so that each is finished or told. */
async function writingAll<Result>(
  [name, ...rest]: readonly OutputName[],
  flags: EvaluateFlags,
  opened: Outputs,
  work: (outputs: Outputs) => Promise<Result>,
): Promise<Result> {
  if (name === undefined) return work(opened);
  const target = flags[name];
  if (target === undefined) return writingAll(rest, flags, opened, work);
  const output = await openOutput(target, { force: flags.force ?? false });
  return writing(output, () => writingAll(rest, flags, { ...opened, [name]: output }, work));
}

/** The table goes to standard output unless data does. It comes last: whoever closed that loses no file by it. */
async function show(table: string, flags: EvaluateFlags): Promise<void> {
  if (OUTPUTS.every((name) => flags[name] !== '-')) await (await openOutput('-', { force: false })).write(table);
  else if (!flags.quiet) process.stderr.write(table);
}
