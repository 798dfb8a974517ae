import { basename, resolve } from 'node:path';
import type { Command } from 'commander';
import type { Evaluation } from '../agreement.js';
import { type RowError, StarlingError } from '../errors.js';
import { Suspects } from '../measure/audit/suspects.js';
import { Evaluator } from '../measure/evaluation.js';
import { withoutKept } from '../rank/kept-fields.js';
import { openInputs } from '../read/inputs.js';
import { keptTexts } from '../read/kept-texts.js';
import { readRankings } from '../read/rankings.js';
import { reportPage } from '../report/html/page.js';
import type { Report } from '../report/html/report.js';
import { evaluationJson } from '../report/json.js';
import { evaluationMarkdown } from '../report/markdown.js';
import { evaluationTable } from '../report/table.js';
import type { Ranking, RowTexts } from '../types.js';
import { openRankings } from '../write/open-rankings.js';
import type { Force } from '../write/output.js';
import { rankingLine } from '../write/rankings.js';
import { type Destination, refuseSamePlace } from '../write/same-place.js';
import { eachRow, type Outcome } from './each-row.js';
import {
  addInputFlags,
  addModelFlags,
  atLeast,
  fieldList,
  type InputFlags,
  MODEL_FLAGS,
  type ModelFlags,
  ROW_FLAGS,
  rowOptions,
} from './options.js';
import { type ReportFlags, type ReportOutputs, reportDestinations, writingReports } from './report-files.js';
import { showTable } from './show-table.js';
import { endStopSignals } from './stop-signals.js';
import { withRankings } from './with-rankings.js';
import { chosen, rejectsOf } from './with-rows.js';
import { writingIf } from './writing.js';

interface EvaluateFlags extends ModelFlags, InputFlags, ReportFlags {
  scored?: boolean;
  by?: string[];
  suspectsLimit: number;
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
    .option('--by <fields>', 'also by source,model,turns,good_natured,length,FIELD', fieldList)
    .option('--json <file>', 'write all figures as JSON; - for standard output')
    .option('--html <file>', 'write a page with plots and the worst disagreements')
    .option('--markdown <file>', 'write a short table for a model card')
    .option('--suspects <file>', 'write rows whose labels to look at, JSON lines')
    .option('--suspects-limit <n>', 'no more rows of each kind than this (100)', atLeast(1), 100)
    .option('--save <file>', 'write the rankings, in the format of its name')
    .option('--force', 'replace files that exist');
  addInputFlags(addModelFlags(command, { brief: true }))
    .addHelpText(
      'after',
      '\nAll flags of score that say how to score work here too.\nExample: starling-rm score rows.jsonl | starling-rm evaluate --scored -',
    )
    .action((inputs: string[], flags: EvaluateFlags) => {
      const given = [...MODEL_FLAGS, ...ROW_FLAGS].filter((flag) => command.getOptionValueSource(flag) === 'cli');
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
    writingReports(flags, forced(flags), (outputs) => measured(rankings, flags, origin, interrupted, outputs)),
  );
  await showTable(
    evaluationTable(evaluation),
    flags,
    destinationsOf(flags).map(({ target }) => target),
  );
  return outcome;
}

/** What became of the rankings, which are saved, and what they come to, which is reported, where these are asked for. */
async function measured(
  rankings: AsyncGenerator<Ranking | RowError>,
  flags: EvaluateFlags,
  origin: Origin,
  interrupted: AbortSignal,
  outputs: ReportOutputs,
): Promise<{ outcome: Outcome; evaluation: Evaluation }> {
  const evaluator = new Evaluator({ seed: flags.seed, by: flags.by ?? [] });
  const suspects = outputs.suspects && new Suspects(flags.suspectsLimit);
  const save = flags.save === undefined ? undefined : await openRankings(flags.save, forced(flags));
  const outcome = await writingIf(save, () =>
    eachRow(rankings, flags, interrupted, async (ranking) => {
      evaluator.add(ranking);
      suspects?.add(ranking, textsOf(ranking, flags)?.answers);
      await save?.write(flags.scored ? ranking : withoutKept(ranking));
    }),
  );
  // No file is half there: the rankings have their name, the reports are not begun.
  await endStopSignals(interrupted, 'stopped before the intervals were computed');
  const evaluation = { ...evaluator.result(), ...(suspects && { suspects: suspects.counts }) };
  await outputs.json?.write(evaluationJson(evaluation));
  await outputs.html?.write(await reportPage({ ...origin, evaluation, worst: worstOf(evaluator, flags) }));
  await outputs.markdown?.write(evaluationMarkdown(evaluation));
  for (const suspect of suspects?.rows ?? []) await outputs.suspects?.write(rankingLine(suspect));
  return { outcome, evaluation };
}

function worstOf({ worstRankings }: Evaluator, flags: EvaluateFlags): Report['worst'] {
  return worstRankings.map((ranking) => ({ ranking, texts: textsOf(ranking, flags) }));
}

function textsOf(ranking: Ranking, { promptField, answersField }: EvaluateFlags): RowTexts | undefined {
  return keptTexts(ranking, { prompt: promptField, answers: answersField });
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
  const destinations = destinationsOf(flags);
  if (!flags.scored) {
    return withRankings(inputs, { ...flags, keep: needsFields(flags) }, interrupted, destinations, use);
  }
  const opened = await openInputs(inputs);
  await refuseSamePlace([...destinations, rejectsOf(flags)], opened);
  const options = { ...rowOptions(flags), signal: interrupted };
  return use(chosen(readRankings(opened, options), flags));
}

function destinationsOf(flags: EvaluateFlags): Destination[] {
  return [...reportDestinations(flags), { flag: '--save', target: flags.save }];
}

/** Whether what is asked for reads the texts, or a field that a ranking only has if it carries its row along. */
function needsFields({ suspects, html, by = [] }: EvaluateFlags): boolean {
  return suspects !== undefined || html !== undefined || by.length > 0;
}

function forced({ force = false }: EvaluateFlags): Force {
  return { force };
}
