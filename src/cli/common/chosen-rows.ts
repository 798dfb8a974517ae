import { RowError, StarlingError } from '../../contracts/errors.js';
import type { Row } from '../../contracts/row.js';
import { limit } from '../../read/choose/limit.js';
import { watchedForLongTable } from '../../read/choose/long-table.js';
import { Quirks } from '../../read/choose/quirks.js';
import { sample } from '../../read/choose/sample.js';
import { type Shard, shardOf } from '../../read/choose/shard.js';
import type { Input } from '../../read/inputs/inputs.js';
import { DoneRow } from '../../read/records/row-place.js';
import { readRemainingRows } from '../../read/rows.js';
import { NamedFieldsWatch } from '../../read/shapes/named-fields-watch.js';
import type { ResumedRun } from '../../runs/resumed-run.js';
import type { Destination } from '../../write/files/same-place.js';
import type { Console } from './console/console.js';
import { timedReading } from './console/run-counts.js';
import { inputsOf, readOptions } from './inputs/inputs-of.js';
import { InFlight } from './progress/in-flight.js';
import { openProgress, type Progress } from './progress/progress.js';
import { progressEnd } from './progress/progress-end.js';
import { quirksFacts, quirksText } from './quirks-text.js';
import type { ChoiceSettings, RowsSettings } from './settings.js';
import { tellInterrupt } from './stop-signals.js';

/** At most this many interpretations of the rows are reported in a run. */
const MOST_FOUND = 8;

/** The rows that a command uses. */
export interface ChosenRows {
  inputs: readonly Input[];
  /**
   * Reads the rows. Called once.
   * @param resumed leaves out the rows that an earlier run has finished
   */
  rows(resumed?: ResumedRun): AsyncGenerator<Row | RowError>;
  progress: Progress;
  /** Whether the row whose ranking was given last is the only one that is being scored or written. */
  isLast(): boolean;
  /** Called when no more rows are wanted: ends the source of the rows. */
  stop(): void;
  /** Counts answers whose text was truncated. */
  truncated(answers: number): void;
  /** Reports the quirks of the rows, once all are used. */
  tellQuirks(): void;
}

/**
 * Opens the inputs, none of which may be a destination, and gives the chosen rows. How the rows are interpreted is reported once, as soon
 * as it is known.
 */
export async function openRows(
  settings: RowsSettings,
  destinations: readonly Destination[],
  interrupted: AbortSignal,
): Promise<ChosenRows> {
  const { input, console } = settings;
  const { fields } = input.rows;
  const inputs = await inputsOf({ ...settings, fields }, destinations, interrupted);
  const inFlight = new InFlight(interrupted);
  const progress = inFlight.counting(openProgress(console, progressEnd(inputs, input.choice)));
  tellInterrupt(interrupted, console, () => inFlight.rows);
  const ended = new AbortController();
  const signal = AbortSignal.any([interrupted, ended.signal]);
  const quirks = new Quirks();
  const { counts } = console;
  const watch = new NamedFieldsWatch(fields);
  const options = {
    ...readOptions(settings, signal),
    ...input.rows,
    watch,
    onBytes: progress.read,
    onFound: foundTeller(console),
  };
  const choose = <Item extends object>(read: AsyncIterable<Item | RowError>) =>
    chosen(input.choice.sample === undefined ? read : progress.drawing(read), settings);
  const { shard, sample } = input.choice;
  const remaining = (resumed: ResumedRun | undefined): AsyncGenerator<Row | RowError> => {
    // A sample depends on which rows are bad, so all are parsed for it.
    const isOfOther = sample === undefined ? otherShards(shard) : () => false;
    const isDone = (row: number) => isOfOther(row) || (resumed?.isDone(row) ?? false);
    const mine = ofShard(choose(readRemainingRows(inputs, options, isDone)), shard);
    return resumed === undefined ? mine : resumed.remaining(mine);
  };
  return {
    inputs,
    rows: (resumed) => {
      const rows = counted(remaining(resumed), quirks);
      const hinted = input.read.group === undefined ? watchedForLongTable(rows, () => tellLongTable(console)) : rows;
      return watched(hinted, watch, settings, signal);
    },
    progress,
    isLast: () => inFlight.rows === 1,
    stop: () => ended.abort(),
    truncated: (answers) => (counts.truncatedAnswers += answers),
    tellQuirks() {
      const odd = quirksText(quirks.counts, counts.truncatedAnswers);
      if (odd === undefined) return;
      const facts = { ...quirksFacts(quirks.counts), truncated_answers: counts.truncatedAnswers };
      console.tell(odd, { level: 'warning', event: 'quirks', ...facts });
    },
  };
}

/** The items that `--limit` and then `--sample` leave. An item is a row or stands for one. */
export function chosen<Item extends object>(
  items: AsyncIterable<Item | RowError>,
  { input: { choice }, console }: { input: { choice: ChoiceSettings }; console: Console },
): AsyncGenerator<Item | RowError> {
  const first = limit(items, choice.limit);
  if (choice.sample === undefined) return timedReading(first, console.counts);
  console.tell(`--sample ${choice.sample}: all rows are read before the first is used`);
  return timedReading(sample(first, choice.sample, choice.seed), console.counts);
}

/** Whether a row is in another shard than this. */
function otherShards(shard: Shard | undefined): (row: number) => boolean {
  return shard === undefined ? () => false : (row) => shardOf(row, shard.count) !== shard.index;
}

/** The rows of a shard, without those that are done. */
async function* ofShard(
  rows: AsyncIterable<Row | RowError | DoneRow>,
  shard: Shard | undefined,
): AsyncGenerator<Row | RowError> {
  const isOfOther = otherShards(shard);
  for await (const row of rows) {
    if (row instanceof DoneRow) continue;
    const { row: index } = row.place;
    if (index === undefined || !isOfOther(index)) yield row;
  }
}

async function* counted(rows: AsyncIterable<Row | RowError>, quirks: Quirks): AsyncGenerator<Row | RowError> {
  for await (const row of rows) {
    if (!(row instanceof RowError)) quirks.add(row);
    yield row;
  }
}

/**
 * Rows of other shards may have a field that no row of this shard has, so for a shard that is a warning.
 * @throws StarlingError E_USAGE if no row has a field that a flag names, once a row ends the run or all rows are read
 */
async function* watched(
  rows: AsyncIterable<Row | RowError>,
  watch: NamedFieldsWatch,
  { input: { onError, choice }, console }: RowsSettings,
  stopped: AbortSignal,
): AsyncGenerator<Row | RowError> {
  for await (const row of rows) {
    if (row instanceof RowError && onError === 'stop') watch.check(row);
    yield row;
  }
  if (stopped.aborted) return;
  try {
    watch.check();
  } catch (error) {
    if (choice.shard === undefined || !(error instanceof StarlingError)) throw error;
    console.tell(`in this shard ${error.message}`, { level: 'warning' });
  }
}

function tellLongTable(console: Console): void {
  const text =
    'several rows have one answer each and the same prompt; if these are the answers of one row, gather them with --group-by FIELD';
  console.tell(text, { level: 'warning', event: 'long-table' });
}

/** Reports each interpretation of rows once. */
function foundTeller(console: Console): (found: string) => void {
  const told = new Set<string>();
  return (found) => {
    if (told.has(found) || told.size === MOST_FOUND) return;
    told.add(found);
    console.tell(`rows: ${found}`, { event: 'found' });
  };
}
