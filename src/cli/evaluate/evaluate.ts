import { basename, resolve } from 'node:path';
import type { Evaluation } from '../../contracts/agreement.js';
import { RowError } from '../../contracts/errors.js';
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
import { openRankings } from '../../write/open-rankings.js';
import { rankingLine } from '../../write/rankings.js';
import { ByWatch } from '../common/by-watch.js';
import { chosen } from '../common/chosen-rows.js';
import { eachRow, type Outcome } from '../common/each-row.js';
import { inputsOf, readOptions } from '../common/inputs-of.js';
import { Outputs } from '../common/outputs.js';
import { type Rankings, scoredRows } from '../common/scored-rows.js';
import { showTable } from '../common/show-table.js';
import { endStopSignals, tellInterrupt } from '../common/stop-signals.js';
import { openReports } from './report-outputs.js';
import { destinationsOf, type EvaluateSettings } from './settings.js';

/**
 * Writes how well rankings agree with their labels. That no row has a field of `--by` ends it when all is written: hours of scoring may
 * be in it, and no other figure is touched by it.
 * @param program its name and version, for whoever reads the page
 */
export async function evaluate(
  settings: EvaluateSettings,
  program: string,
  interrupted: AbortSignal,
): Promise<Outcome> {
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

/** What became of the rankings, which are saved, and what they come to, which is reported, where these are asked for. */
async function measured(
  settings: EvaluateSettings,
  watch: ByWatch,
  origin: Origin,
  interrupted: AbortSignal,
): Promise<{ outcome: Outcome; evaluation: Evaluation }> {
  const { scored, measure, output } = settings;
  await using source = await openSource(settings, interrupted);
  await using outputs = new Outputs(interrupted);
  const reports = await openReports(output.reports, outputs);
  const evaluator = new Evaluator(measure);
  const suspects = reports.suspects && new Suspects(output.suspectsLimit);
  const save = output.save && outputs.add(await openRankings(output.save.target, output.save));
  const outcome = await eachRow(watched(source.rankings, watch), settings, outputs, async (ranking) => {
    evaluator.add(ranking);
    suspects?.add(ranking, textsOf(ranking, settings)?.answers);
    await save?.write(scored ? ranking : withoutKept(ranking));
  });
  await save?.commit();
  // No file is half there: the rankings have their name, the reports are not begun.
  for (const report of Object.values(reports)) await report.pause();
  await endStopSignals(outputs.stopped, 'stopped before the intervals were computed');
  const evaluation = { ...evaluator.result(), ...(suspects && { suspects: suspects.counts }) };
  await reports.json?.write(evaluationJson(evaluation));
  await reports.html?.write(await reportPage({ ...origin, evaluation, worst: worstOf(evaluator, settings) }));
  await reports.markdown?.write(evaluationMarkdown(evaluation));
  for (const suspect of suspects?.rows ?? []) await reports.suspects?.write(rankingLine(suspect));
  await outputs.commit();
  source.tellQuirks();
  return { outcome, evaluation };
}

function worstOf({ worstRankings }: Evaluator, settings: EvaluateSettings): Report['worst'] {
  return worstRankings.map((ranking) => ({ ranking, texts: textsOf(ranking, settings) }));
}

function textsOf(ranking: Ranking, settings: EvaluateSettings): RowTexts | undefined {
  return keptTexts(ranking, settings.scored ? {} : settings.input.rows.fields);
}

/** What the figures are of, as the page says it: names without the folders, which are nobody else's business. */
type Origin = Pick<Report, 'inputs' | 'model' | 'program'>;

function originOf(settings: EvaluateSettings, program: string): Origin {
  const names = settings.paths.length > 0 ? settings.paths : ['-'];
  return {
    inputs: names.map((name) => (name === '-' ? 'standard input' : basename(name))),
    ...(settings.scored ? {} : { model: basename(resolve(settings.model.folder)) }),
    program,
  };
}

/** Rankings of the rows, or with `--scored` those that the inputs hold. */
async function openSource(settings: EvaluateSettings, interrupted: AbortSignal): Promise<Rankings> {
  const destinations = destinationsOf(settings.output);
  if (!settings.scored) return scoredRows(settings, destinations, interrupted);
  tellInterrupt(interrupted, settings.console);
  const opened = await inputsOf(settings, destinations, interrupted);
  const options = { ...readOptions(settings, interrupted), rowRemedy: 'leave out --scored' };
  return {
    rankings: chosen(readRankings(opened, options), settings),
    tellQuirks: () => {},
    [Symbol.asyncDispose]: async () => {},
  };
}
