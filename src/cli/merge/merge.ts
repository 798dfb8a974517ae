import { stoppedBy } from '../../contracts/errors.js';
import { checkRankingLine } from '../../runs/merge/checked-line.js';
import { Gaps } from '../../runs/merge/gaps.js';
import { openMergedLines, openMergedRankings } from '../../runs/merge/line-output.js';
import { type MergeOptions, mergedLines } from '../../runs/merge/merged-lines.js';
import { mergedRecord, skippedIn } from '../../runs/merge/merged-record.js';
import type { RowLine } from '../../runs/merge/sorted-lines.js';
import { type RunRecord, recordOf, writeRunRecord } from '../../runs/run-record.js';
import { sealedFile } from '../../runs/sealed.js';
import { writeError } from '../../write/files/write-all.js';
import type { Outcome } from '../common/each-row.js';
import { Outputs, type Writing } from '../common/outputs.js';
import { seenRun } from '../common/seen-run.js';
import { tellInterrupt } from '../common/stop-signals.js';
import { type MergePlan, planMerge } from './plan.js';
import { rejectsOfShards } from './rejects.js';
import { destinationsOfMerge, type MergeSettings } from './settings.js';

/** Writes the rankings of several files into one, in the order of their rows. */
export function merge(settings: MergeSettings, interrupted: AbortSignal): Promise<Outcome> {
  const { paths, console, rejects } = settings;
  const facts = { command: 'merge', paths, outputs: destinationsOfMerge(settings) };
  return seenRun({ console, input: { rejects } }, facts, () => merged(settings, interrupted));
}

async function merged(settings: MergeSettings, interrupted: AbortSignal): Promise<Outcome> {
  const { console, output, rejects } = settings;
  tellInterrupt(interrupted, console);
  const plan = await planMerge(settings, interrupted);
  const rejected = await rejectsOfShards(plan, settings);
  const scoredBy = async () => plan.identity;
  await using outputs = new Outputs(interrupted, console);
  const opened = await openMergedRankings(output.target, { ...output, scoredBy });
  const rankings = outputs.add<RowLine>(opened);
  const refused = rejects && outputs.add<RowLine>(await openMergedLines(rejects.target, rejects));
  const { stopped } = outputs;

  const gaps = new Gaps();
  let rows = 0;
  await copyLines(plan.files, { isSorted: true }, rankings, stopped, (line) => {
    if (plan.unrecorded.has(line.file)) checkRankingLine(line);
    gaps.add(line.index);
    console.counts.rows = ++rows;
    console.advance();
  });
  if (refused && rejected) {
    const isSorted = plan.recorded.every(({ record }) => record.asked.choice.sample === undefined);
    await copyLines(rejected, { isSorted }, refused, stopped);
  }
  const file = await rankings.prepare();
  const refusedFile = await refused?.prepare();
  if (plan.areShards && file !== undefined && opened.file !== undefined) {
    const sealed = { output: await sealedFile(file), ...(refusedFile && { rejects: await sealedFile(refusedFile) }) };
    await writeRecord(opened.file, mergedRecord(plan.recorded, { format: output.format, ...sealed }));
  }
  await rankings.commit();
  await refused?.commit();
  if (!plan.areShards) tellGaps(gaps, settings);
  return outcomeOf(plan, rows);
}

/** @param onLine called before a line is written */
async function copyLines(
  files: readonly string[],
  options: MergeOptions,
  to: Writing<RowLine>,
  stopped: AbortSignal,
  onLine: (line: RowLine) => void = () => {},
): Promise<void> {
  for await (const line of mergedLines(files, options)) {
    if (stopped.aborted) throw stoppedBy(stopped, `stopped before row ${line.index}`);
    onLine(line);
    await to.write(line);
  }
}

async function writeRecord(file: string, record: RunRecord): Promise<void> {
  const path = recordOf(file);
  try {
    await writeRunRecord(path, record, { isLasting: true });
  } catch (cause) {
    throw writeError(cause, path);
  }
}

/** Files that are no shards may leave rows out on purpose. */
function tellGaps({ rows, first, last }: Gaps, { console }: MergeSettings): void {
  if (rows === 0) return;
  const what = `${rows} rows before row ${last} are in none of the files, the first of them is row ${first}`;
  console.tell(what, { level: 'warning' });
}

function outcomeOf({ recorded, unrecorded }: MergePlan, lines: number): Outcome {
  const ranked = recorded.reduce((sum, { record }) => sum + record.end.rows, 0);
  // A line without a ranking has the error of its row, as the record counts it.
  return { rows: unrecorded.size === 0 ? ranked : lines, skipped: skippedIn(recorded) };
}
