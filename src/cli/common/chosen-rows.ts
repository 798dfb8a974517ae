import { RowError } from '../../contracts/errors.js';
import type { Row } from '../../contracts/row.js';
import { limit } from '../../read/choose/limit.js';
import { Quirks } from '../../read/choose/quirks.js';
import { sample } from '../../read/choose/sample.js';
import type { Input } from '../../read/inputs/inputs.js';
import type { DoneRow } from '../../read/records/row-place.js';
import { readRemainingRows, readRows } from '../../read/rows.js';
import { NamedFieldsWatch } from '../../read/shapes/named-fields-watch.js';
import type { ResumedRun } from '../../runs/resumed-run.js';
import type { Destination } from '../../write/files/same-place.js';
import { inputsOf, readOptions } from './inputs-of.js';
import { InFlight } from './progress/in-flight.js';
import { openProgress, type Progress } from './progress/progress.js';
import { progressEnd } from './progress/progress-end.js';
import { quirksText } from './quirks-text.js';
import type { ChoiceSettings, ConsoleSettings, InputSettings, RowsSettings } from './settings.js';
import { tellInterrupt } from './stop-signals.js';
import { tell } from './tell.js';

/** More ways than this in which the rows of one run are understood are not told. */
const MOST_FOUND = 8;

/** The rows that a command is about. */
export interface ChosenRows {
  inputs: readonly Input[];
  /**
   * Reads the rows. It is called once.
   * @param resumed leaves out the rows that an earlier run has brought to their end
   */
  rows(resumed?: ResumedRun): AsyncGenerator<Row | RowError>;
  progress: Progress;
  /** No more rows are wanted: whatever feeds them ends. */
  stop(): void;
  /** Counts answers whose text was truncated. */
  truncated(answers: number): void;
  /** Tells what is odd about the rows, when all are used. */
  tellQuirks(): void;
}

/**
 * Opens the inputs, none of which may be a destination, and gives those of their rows that are chosen. How they are understood is reported
 * once, as soon as it is known.
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
  tellInterrupt(interrupted, console, { say: (line) => progress.tell(line), inFlight: () => inFlight.rows });
  const ended = new AbortController();
  const signal = AbortSignal.any([interrupted, ended.signal]);
  const quirks = new Quirks();
  let truncatedAnswers = 0;
  const watch = new NamedFieldsWatch(fields);
  const options = {
    ...readOptions(settings, signal),
    ...input.rows,
    watch,
    onBytes: progress.read,
    onFound: foundTeller(console, progress),
    ...(!console.quiet && { onGrown: progress.tell }),
  };
  const choose = <Item extends object>(read: AsyncIterable<Item | RowError>) =>
    chosen(input.choice.sample === undefined ? read : progress.drawing(read), settings);
  const remaining = (resumed: ResumedRun | undefined): AsyncGenerator<Row | RowError> => {
    if (resumed === undefined) return choose(readRows(inputs, options));
    return resumed.remaining(choose<Row | DoneRow>(readRemainingRows(inputs, options, (row) => resumed.isDone(row))));
  };
  return {
    inputs,
    rows: (resumed) => watched(counted(remaining(resumed), quirks), watch, input, signal),
    progress,
    stop: () => ended.abort(),
    truncated: (answers) => (truncatedAnswers += answers),
    tellQuirks() {
      const odd = quirksText(quirks.counts, truncatedAnswers);
      if (odd !== undefined && !console.quiet) tell(odd);
    },
  };
}

/** The rows, or whatever stands for them, that `--limit` and then `--sample` leave. */
export function chosen<Item extends object>(
  items: AsyncIterable<Item | RowError>,
  { input: { choice }, console }: { input: { choice: ChoiceSettings }; console: ConsoleSettings },
): AsyncGenerator<Item | RowError> {
  const first = limit(items, choice.limit);
  if (choice.sample === undefined) return first;
  if (!console.quiet) tell(`--sample ${choice.sample}: all rows are read before the first is used`);
  return sample(first, choice.sample, choice.seed);
}

async function* counted(rows: AsyncIterable<Row | RowError>, quirks: Quirks): AsyncGenerator<Row | RowError> {
  for await (const row of rows) {
    if (!(row instanceof RowError)) quirks.add(row);
    yield row;
  }
}

/** @throws StarlingError E_USAGE where a row that ends the run, or the end of all rows, shows that no row has a field that a flag names */
async function* watched(
  rows: AsyncIterable<Row | RowError>,
  watch: NamedFieldsWatch,
  { onError }: Pick<InputSettings, 'onError'>,
  stopped: AbortSignal,
): AsyncGenerator<Row | RowError> {
  for await (const row of rows) {
    if (row instanceof RowError && onError === 'stop') watch.check(row);
    yield row;
  }
  if (!stopped.aborted) watch.check();
}

/** Tells each way of understanding rows once. */
function foundTeller({ quiet }: ConsoleSettings, progress: Progress): (found: string) => void {
  const told = new Set<string>();
  return (found) => {
    if (quiet || told.has(found) || told.size === MOST_FOUND) return;
    told.add(found);
    progress.tell(`rows: ${found}`);
  };
}
