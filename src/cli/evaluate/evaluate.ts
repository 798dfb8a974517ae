import { basename, resolve } from 'node:path';
import type { Evaluation } from '../../contracts/agreement.js';
import { RowError, StarlingError } from '../../contracts/errors.js';
import type { Ranking } from '../../contracts/ranking.js';
import type { RowTexts } from '../../contracts/row.js';
import { Suspects } from '../../measure/audit/suspects.js';
import { Evaluator } from '../../measure/evaluation.js';
import { withoutKept } from '../../rank/kept-fields.js';
import { keptTexts } from '../../read/kept-texts.js';
import { readRankings } from '../../read/rankings.js';
import { reportPage } from '../../report/html/page.js';
import type { Report } from '../../report/html/report.js';
import { evaluationJson } from '../../report/json.js';
import { evaluationMarkdown } from '../../report/markdown.js';
import { evaluationTable } from '../../report/terminal/table.js';
import type { Force } from '../../write/files/output.js';
import type { Destination } from '../../write/files/same-place.js';
import { openRankings } from '../../write/open-rankings.js';
import { rankingLine } from '../../write/rankings.js';
import { ByWatch } from '../common/by-watch.js';
import { eachRow, type Outcome } from '../common/each-row.js';
import { type InputFlags, type ModelFlags, rowOptions } from '../common/flags.js';
import { inputsOf } from '../common/inputs-of.js';
import { showTable } from '../common/show-table.js';
import { endStopSignals, tellInterrupt } from '../common/stop-signals.js';
import { withRankings } from '../common/with-rankings.js';
import { chosen, rejectsOf } from '../common/with-rows.js';
import { writingIf } from '../common/writing.js';
import { type ReportFlags, type ReportOutputs, reportDestinations, writingReports } from './report-files.js';

/** Unless another number is asked for. */
const SUSPECTS_A_KIND = 100;

export interface EvaluateFlags extends ModelFlags, InputFlags, ReportFlags {
  scored?: boolean;
  by?: string[];
  suspectsLimit?: number;
  save?: string;
}

/**
 * Writes how well rankings agree with their labels. That no row has a field of `--by` ends it when all is written: hours of scoring may
 * be in it, and no other figure is touched by it.
 * @param given the flags about the model and the rows that were typed
 * @param program its name and version, for whoever reads the page
 */
export async function evaluate(
  inputs: readonly string[],
  flags: EvaluateFlags,
  given: readonly string[],
  program: string,
  interrupted: AbortSignal,
): Promise<Outcome> {
  checkFlags(flags, given);
  const origin = originOf(inputs, flags, program);
  const watch = new ByWatch(flags.by ?? [], flags.scored ?? false);
  const { outcome, evaluation } = await fromRankings(inputs, flags, interrupted, (rankings) =>
    writingReports(flags, forced(flags), interrupted, (outputs, stopped) =>
      measured(watched(rankings, watch), flags, origin, stopped, outputs),
    ),
  );
  await showTable(
    evaluationTable(evaluation),
    flags,
    destinationsOf(flags).map(({ target }) => target),
  );
  watch.check();
  return outcome;
}

async function* watched(
  rankings: AsyncIterable<Ranking | RowError>,
  watch: ByWatch,
): AsyncGenerator<Ranking | RowError> {
  for await (const ranking of rankings) {
    if (!(ranking instanceof RowError)) watch.add(ranking);
    yield ranking;
  }
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
  const suspects = outputs.suspects && new Suspects(flags.suspectsLimit ?? SUSPECTS_A_KIND);
  const save = flags.save === undefined ? undefined : await openRankings(flags.save, forced(flags));
  const outcome = await writingIf(save, interrupted, (stopped) =>
    eachRow(rankings, flags, stopped, async (ranking) => {
      evaluator.add(ranking);
      suspects?.add(ranking, textsOf(ranking, flags)?.answers);
      await save?.write(flags.scored ? ranking : withoutKept(ranking));
    }),
  );
  // No file is half there: the rankings have their name, the reports are not begun.
  for (const output of Object.values(outputs)) await output.pause?.();
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

function textsOf(ranking: Ranking, { promptField, answersField, promptFormat }: EvaluateFlags): RowTexts | undefined {
  return keptTexts(ranking, { prompt: promptField, answers: answersField, promptFormat });
}

/** What the figures are of, as the page says it: names without the folders, which are nobody else's business. */
type Origin = Pick<Report, 'inputs' | 'model' | 'program'>;

function originOf(inputs: readonly string[], { scored, model }: EvaluateFlags, program: string): Origin {
  const names = inputs.length > 0 ? inputs : ['-'];
  return {
    inputs: names.map((name) => (name === '-' ? 'standard input' : basename(name))),
    ...(scored ? {} : { model: basename(resolve(model)) }),
    program,
  };
}

function checkFlags(flags: EvaluateFlags, given: readonly string[]): void {
  if (flags.suspectsLimit !== undefined && flags.suspects === undefined)
    throw new StarlingError('E_USAGE', '--suspects-limit does nothing without --suspects');
  if (flags.scored && given.length > 0) {
    const problem = `with --scored no row is read and no model is run, so these would do nothing: ${given.join(', ')}`;
    throw new StarlingError('E_USAGE', problem);
  }
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
  tellInterrupt(interrupted, flags);
  const options = { ...rowOptions(flags), rowRemedy: 'leave out --scored', signal: interrupted };
  const opened = await inputsOf(inputs, [...destinations, rejectsOf(flags)], options, flags);
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
