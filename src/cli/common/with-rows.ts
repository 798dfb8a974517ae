import { RowError } from '../../contracts/errors.js';
import type { Row } from '../../contracts/row.js';
import { limit } from '../../read/choose/limit.js';
import { Quirks } from '../../read/choose/quirks.js';
import { sample } from '../../read/choose/sample.js';
import { readRows } from '../../read/rows.js';
import { NamedFieldsWatch } from '../../read/shapes/named-fields-watch.js';
import type { Destination } from '../../write/files/same-place.js';
import { type InputFlags, type ReadFlags, rowOptions } from './flags.js';
import { inputsOf } from './inputs-of.js';
import { InFlight } from './progress/in-flight.js';
import { openProgress, type Progress } from './progress/progress.js';
import { progressEnd } from './progress/progress-end.js';
import { quirksText } from './quirks-text.js';
import { tellInterrupt } from './stop-signals.js';
import { tell } from './tell.js';

/** More ways than this in which the rows of one run are understood are not told. */
const MOST_FOUND = 8;

/** The rows that a command is about. */
export interface ChosenRows {
  rows: AsyncGenerator<Row | RowError>;
  progress: Progress;
  /** No more rows are wanted: whatever feeds them ends. */
  stop(): void;
  /** Told by whoever cut an answer's text. */
  truncated(answers: number): void;
}

/**
 * The rows of `paths`, none of which may be a destination, those that `flags` choose, for `use`. How they were understood is told when it is known, and what is odd about
 * them at the end.
 */
export async function withRows<Result>(
  paths: readonly string[],
  flags: InputFlags,
  interrupted: AbortSignal,
  destinations: readonly Destination[],
  use: (chosen: ChosenRows) => Promise<Result>,
): Promise<Result> {
  const options = rowOptions(flags);
  const inputs = await inputsOf(paths, [...destinations, rejectsOf(flags)], { ...options, signal: interrupted }, flags);
  const inFlight = new InFlight(interrupted);
  const progress = inFlight.counting(openProgress(flags, progressEnd(inputs, flags)));
  const say = (line: string) => progress.tell(line);
  tellInterrupt(interrupted, { quiet: flags.quiet, say }, () => inFlight.rows);
  const ended = new AbortController();
  const signal = AbortSignal.any([interrupted, ended.signal]);
  const quirks = new Quirks();
  let truncated = 0;
  const watch = new NamedFieldsWatch(options.fields ?? {});
  const onFound = foundTeller(flags, progress);
  const read = readRows(inputs, {
    ...options,
    signal,
    watch,
    onBytes: progress.read,
    onFound,
    ...(!flags.quiet && { onGrown: progress.tell }),
  });
  const chosenRows = chosen(flags.sample === undefined ? read : progress.drawing(read), flags);
  const rows = watched(counted(chosenRows, quirks), watch, flags, signal);
  const result = await use({
    rows,
    progress,
    stop: () => ended.abort(),
    truncated: (answers) => (truncated += answers),
  });
  const odd = quirksText(quirks.counts, truncated);
  if (odd !== undefined && !flags.quiet) tell(odd);
  return result;
}

/** `--rejects` is a destination of every command that reads. */
export function rejectsOf({ rejects }: ReadFlags): Destination {
  return { flag: '--rejects', target: rejects };
}

/** The rows, or whatever stands for them, that `--limit` and then `--sample` leave. */
export function chosen<Item extends object>(
  items: AsyncIterable<Item | RowError>,
  flags: ReadFlags,
): AsyncGenerator<Item | RowError> {
  const first = limit(items, flags.limit);
  if (flags.sample === undefined) return first;
  if (!flags.quiet) tell(`--sample ${flags.sample}: all rows are read before the first is used`);
  return sample(first, flags.sample, flags.seed);
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
  { onError }: InputFlags,
  stopped: AbortSignal,
): AsyncGenerator<Row | RowError> {
  for await (const row of rows) {
    if (row instanceof RowError && onError === 'stop') watch.check(row);
    yield row;
  }
  if (!stopped.aborted) watch.check();
}

/** Tells each way of understanding rows once. */
function foundTeller({ quiet }: InputFlags, progress: Progress): (found: string) => void {
  const told = new Set<string>();
  return (found) => {
    if (quiet || told.has(found) || told.size === MOST_FOUND) return;
    told.add(found);
    progress.tell(`rows: ${found}`);
  };
}
