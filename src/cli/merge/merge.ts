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
import type { Format } from '../../write/format.js';
import type { Console } from '../common/console/console.js';
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
  const gaps = await copyRankings(plan, rankings, outputs.stopped, console);
  if (refused && rejected) {
    const isSorted = plan.recorded.every(({ record }) => record.asked.choice.sample === undefined);
    await copyLines(rejected, { isSorted }, refused, outputs.stopped);
  }
  await complete(plan, { file: opened.file, format: output.format, rankings, refused });
  if (!plan.areShards) tellGaps(gaps, settings);
  const skipped = skippedIn(plan.recorded);
  for (const [code, count] of skipped) console.counts.skipped.set(code, count);
  return { rows: rankedRows(plan, console.counts.rows), skipped };
}

/** Copies all lines in their order. @returns which rows have none */
async function copyRankings(
  { files, unrecorded }: MergePlan,
  rankings: Writing<RowLine>,
  stopped: AbortSignal,
  console: Console,
): Promise<Gaps> {
  const gaps = new Gaps();
  const { counts } = console;
  counts.begin();
  await copyLines(files, { isSorted: true }, rankings, stopped, (line) => {
    if (unrecorded.has(line.file)) checkRankingLine(line);
    gaps.add(line.index);
    counts.rows++;
    console.advance();
  });
  return gaps;
}

/** The outputs of a merge, to which everything was written. */
interface MergedOutputs {
  /** Path of the file of rankings, if they go to a file. */
  file: string | undefined;
  format: Format;
  rankings: Writing<RowLine>;
  refused: Writing<RowLine> | undefined;
}

/** Writes the record, if these were the shards of one run, and gives the files their names. @throws ClosedPipe, StarlingError E_WRITE, E_EXISTS */
async function complete(
  { areShards, recorded }: MergePlan,
  { file, format, rankings, refused }: MergedOutputs,
): Promise<void> {
  const [ranked, rejects] = [await rankings.prepare(), await refused?.prepare()];
  if (areShards && file !== undefined && ranked !== undefined) {
    const sealed = { output: await sealedFile(ranked), ...(rejects && { rejects: await sealedFile(rejects) }) };
    await writeRecord(file, mergedRecord(recorded, { format, ...sealed }));
  }
  await rankings.commit();
  await refused?.commit();
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

/** A line without a ranking has the error of its row, as the record counts it. */
function rankedRows({ recorded, unrecorded }: MergePlan, lines: number): number {
  return unrecorded.size > 0 ? lines : recorded.reduce((sum, { record }) => sum + record.end.rows, 0);
}
