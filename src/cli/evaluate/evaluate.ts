import { basename } from 'node:path';
import type { Evaluation } from '../../contracts/agreement.js';
import { RowError } from '../../contracts/errors.js';
import type { Ranking } from '../../contracts/ranking.js';
import type { RowTexts } from '../../contracts/row.js';
import { Suspects } from '../../measure/audit/suspects.js';
import { Evaluator } from '../../measure/evaluation.js';
import { keptTexts } from '../../read/kept-texts.js';
import { reportPage } from '../../report/html/page.js';
import type { Report } from '../../report/html/report.js';
import { evaluationJson } from '../../report/json.js';
import { evaluationMarkdown } from '../../report/markdown.js';
import { evaluationTable } from '../../report/terminal/table.js';
import { rankingLine } from '../../write/rankings.js';
import { ByWatch } from '../common/by-watch.js';
import { checkCalibrated, tellDoubt } from '../common/calibration/check-calibrated.js';
import { eachRow, type Outcome } from '../common/each-row.js';
import { Outputs } from '../common/outputs.js';
import { shownNotes } from '../common/scored-by.js';
import { seenRun } from '../common/seen-run.js';
import { showTable } from '../common/show-table.js';
import { endStopSignals } from '../common/stop-signals.js';
import { openReports } from './report-outputs.js';
import { destinationsOf, type EvaluateSettings } from './settings.js';
import { openEvaluateInputs } from './source.js';

/**
 * Measures how well rankings agree with their labels, and writes the reports. If no row has a field of `--by`, this fails only after
 * everything is written: the output may hold hours of scoring, and no other figure is affected.
 * @param program name and version of this tool, for the HTML page
 */
export async function evaluate(
  settings: EvaluateSettings,
  program: string,
  interrupted: AbortSignal,
): Promise<Outcome> {
  const { scored, paths, output } = settings;
  const outputs = destinationsOf(output);
  const facts = { command: 'evaluate', paths, outputs, ...(!scored && { scoring: settings }) };
  return seenRun(settings, facts, () => evaluated(settings, program, interrupted));
}

async function evaluated(settings: EvaluateSettings, program: string, interrupted: AbortSignal): Promise<Outcome> {
  const { scored, measure, output, console } = settings;
  const watch = new ByWatch(measure.by, scored);
  const { outcome, evaluation } = await measured(settings, watch, originOf(settings, program), interrupted);
  const targets = destinationsOf(output).map(({ target }) => target);
  await showTable(evaluationTable(evaluation), console, targets);
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

/** Evaluates the rankings, saves them, and writes the requested reports. */
async function measured(
  settings: EvaluateSettings,
  watch: ByWatch,
  origin: Origin,
  interrupted: AbortSignal,
): Promise<{ outcome: Outcome; evaluation: Evaluation }> {
  const { measure, output } = settings;
  const inputs = await openEvaluateInputs(settings, interrupted);
  await using outputs = new Outputs(interrupted, settings.console);
  const reports = await openReports(output, outputs);
  await using source = await inputs.source(outputs);
  const evaluator = new Evaluator(measure);
  const suspects = reports.suspects && new Suspects(output.suspectsLimit);
  const taken = await eachRow(watched(source.rankings, watch), settings, source.taking, async (ranking) => {
    evaluator.add(ranking);
    suspects?.add(ranking, textsOf(ranking, settings)?.answers);
    await source.save(ranking);
  });
  const { outcome, rowsWithErrors } = await source.complete(taken);
  // No file is incomplete now: the rankings have their name, and no report has been started.
  for (const report of Object.values(reports)) await report.pause();
  await endStopSignals(outputs.stopped, 'stopped before the intervals were computed');
  const { scoredBy, notes } = await source.scoredBy();
  const { calibration } = settings;
  if (settings.scored && calibration) tellDoubt(checkCalibrated(calibration, scoredBy), settings.console);
  const evaluation = {
    scored_by: scoredBy,
    ...shownNotes(notes, settings.console),
    ...evaluator.result({ rowsWithErrors }),
    ...(suspects && { suspects: suspects.counts }),
  };
  await reports.json?.write(evaluationJson(evaluation));
  await reports.html?.write(await reportPage({ ...origin, evaluation, worst: worstOf(evaluator, settings) }));
  await reports.markdown?.write(evaluationMarkdown(evaluation));
  for (const suspect of suspects?.rows ?? []) await reports.suspects?.write(rankingLine(suspect));
  await outputs.commit();
  inputs.tellQuirks();
  return { outcome, evaluation };
}

function worstOf({ worstRankings }: Evaluator, settings: EvaluateSettings): Report['worst'] {
  return worstRankings.map((ranking) => ({ ranking, texts: textsOf(ranking, settings) }));
}

function textsOf(ranking: Ranking, settings: EvaluateSettings): RowTexts | undefined {
  return keptTexts(ranking, settings.scored ? {} : settings.input.rows.fields);
}

/** Inputs and program for the page. Inputs are named without their folders, which may be private. */
type Origin = Pick<Report, 'inputs' | 'program'>;

function originOf(settings: EvaluateSettings, program: string): Origin {
  const names = settings.paths.length > 0 ? settings.paths : ['-'];
  return {
    inputs: names.map((name) => (name === '-' ? 'standard input' : basename(name))),
    program,
  };
}
