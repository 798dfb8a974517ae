import { basename } from 'node:path';
import { RowError } from '../../contracts/errors.js';
import type { ExportSummary } from '../../contracts/export-summary.js';
import { VERSION } from '../../contracts/version.js';
import { Exporter } from '../../export/exporter.js';
import { TRAINING_FORMATS } from '../../export/formats/formats.js';
import { dataCard } from '../../report/data-card.js';
import type { RankingsScoredBy } from '../../runs/ranking-origins.js';
import { openOutputLater } from '../../write/files/output.js';
import { eachRow, type Outcome, openTaking } from '../common/each-row.js';
import { Outputs } from '../common/outputs.js';
import { shownNotes } from '../common/scored-by.js';
import { seenRun } from '../common/seen-run.js';
import { tellInterrupt } from '../common/stop-signals.js';
import { chosenFlags } from './asked.js';
import { RecordedExamples } from './recorded-examples.js';
import { destinationsOfExport, type ExportSettings } from './settings.js';
import { type ExportSource, openExportSource } from './source.js';

/** Writes rankings as training data. */
export function exportRankings(settings: ExportSettings, interrupted: AbortSignal): Promise<Outcome> {
  const facts = { command: 'export', paths: settings.paths, outputs: destinationsOfExport(settings) };
  return seenRun(settings, facts, () => exported(settings, interrupted));
}

async function exported(settings: ExportSettings, interrupted: AbortSignal): Promise<Outcome> {
  const { console, to } = settings;
  tellInterrupt(interrupted, console);
  const source = await openExportSource(settings, interrupted);
  await using outputs = new Outputs(interrupted, console);
  const card = settings.card && outputs.add<string>(await openOutputLater(settings.card.target, settings.card));
  await using examples = await RecordedExamples.open(settings, source, outputs);
  const exporter = new Exporter({ ...settings, format: TRAINING_FORMATS[to] });
  if (settings.balances) await countPairs(source, exporter, settings, interrupted);
  const taking = await openTaking(settings, outputs);
  const outcome = await eachRow(source.read(outputs.stopped), settings, taking, async (row) => {
    for (const example of exporter.examplesOf(row)) await examples.write(example);
  });
  const { summary } = exporter;
  const scoredBy = await source.origins.found(source.rankings);
  shownNotes(scoredBy.notes, console);
  await card?.write(cardOf(settings, scoredBy, summary));
  await examples.complete(outcome, summary, scoredBy);
  await outputs.commit();
  source.tell();
  console.tell(summaryText(summary), { event: 'exported' });
  return outcome;
}

/** The first reading, for `--balance`. Errors of rows are left to the second one. */
async function countPairs(
  source: ExportSource,
  exporter: Exporter,
  { console }: ExportSettings,
  interrupted: AbortSignal,
): Promise<void> {
  console.tell('--balance: all pairs are counted before the first is written');
  for await (const row of source.read(interrupted)) if (!(row instanceof RowError)) exporter.count(row);
}

function cardOf(settings: ExportSettings, { scoredBy, notes }: RankingsScoredBy, summary: ExportSummary): string {
  const { to, paths, choices } = settings;
  const names = paths.length > 0 ? paths : ['-'];
  return dataCard({
    to,
    inputs: names.map((name) => (name === '-' ? 'standard input' : basename(name))),
    program: `starling-rm ${VERSION}`,
    date: new Date().toISOString(),
    rankBy: choices.rankBy,
    flags: chosenFlags(settings),
    scoredBy,
    notes,
    summary,
  });
}

/** `27 examples from 27 of 28 rankings; left out: 1 row with too few answers` */
function summaryText({ examples, used, rankings, left_out_texts }: ExportSummary): string {
  const plural = examples === 1 ? '' : 's';
  const left = left_out_texts.length === 0 ? '' : `; left out: ${left_out_texts.join(', ')}`;
  return `${examples} example${plural} from ${used} of ${rankings} rankings${left}`;
}
