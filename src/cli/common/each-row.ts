import { RowError, stoppedBy } from '../../contracts/errors.js';
import type { ErrorCode } from '../../contracts/exit-codes.js';
import type { ErrorLines } from '../../read/error-lines.js';
import type { ResumedRun } from '../../runs/resumed-run.js';
import { openOutput } from '../../write/files/output.js';
import { rejectLine } from '../../write/rejects.js';
import { type Console, factsOf } from './console/console.js';
import type { Outputs } from './outputs.js';
import type { InputSettings } from './settings.js';
import { untilLost } from './until-lost.js';

/** The choice of rows, the treatment of bad ones, and what is shown of both. */
interface EachRowSettings {
  input: Pick<InputSettings, 'choice' | 'onError' | 'rejects'>;
  console: Console;
}

/** The counts of a run. */
export interface Outcome {
  rows: number;
  /** Number of skipped rows, by error code. */
  skipped: Map<ErrorCode, number>;
}

/** How items are consumed, beside the function that takes them. */
export interface Taking {
  /** All open outputs; the loss of one ends the items. */
  outputs: Outputs;
  /** Writes a bad row to `--rejects`, to the output, or to both. @returns whether it must also be reported on standard error */
  refuse(error: RowError): Promise<boolean>;
  /** What an earlier run has finished, if this run continues it. */
  resumed?: ResumedRun;
}

/** Opens `--rejects` for a run that continues no other. */
export async function openTaking({ input: { rejects } }: EachRowSettings, outputs: Outputs): Promise<Taking> {
  const refused = rejects && outputs.add<string>(await openOutput(rejects.target, rejects));
  return {
    outputs,
    async refuse(error) {
      await refused?.write(rejectLine(error));
      return true;
    },
  };
}

/**
 * Passes on each item, a row or its ranking, in input order. An item is bad if the input or `take` throws for it. As `--on-error` says, a
 * bad item ends the run, or is counted, written, and reported unless the output has a line for it. An input without rows is reported.
 * @throws RowError under `stop`, as `stoppedBy` when a signal stopped the run, what `refuse` throws
 */
export async function eachRow<Item extends object>(
  items: AsyncIterable<Item | RowError>,
  { input: { choice, onError }, console }: EachRowSettings,
  { outputs, refuse, resumed }: Taking,
  take: (item: Item) => void | Promise<void>,
): Promise<Outcome> {
  const { stopped } = outputs;
  const { counts } = console;
  const outcome: Outcome = resumed?.outcome ?? { rows: 0, skipped: new Map() };
  counts.rowsBefore = outcome.rows + skippedRows(outcome);
  counts.begin();
  for await (const item of untilLost(items, stopped)) {
    const start = performance.now();
    const error = item instanceof RowError ? item : await taken(item, take);
    counts.addTime('write', start);
    if (error === undefined) {
      outcome.rows++;
      counts.rows++;
    } else if (onError === 'stop') throw error;
    else {
      outcome.skipped.set(error.code, (outcome.skipped.get(error.code) ?? 0) + 1);
      counts.addSkipped(error.code);
      const isToReport = await refuse(error);
      if (isToReport) console.tell(`skipped: ${error}`, { level: 'warning', event: 'skipped', ...factsOf(error) });
    }
    console.advance();
  }
  if (stopped.aborted) throw stoppedBy(stopped, `stopped after ${outcome.rows} rows`);
  const isEmpty = outcome.rows + outcome.skipped.size === 0;
  if (isEmpty && choice.limit !== 0) console.tell('there were no rows', { level: 'warning' });
  return outcome;
}

async function taken<Item>(item: Item, take: (item: Item) => void | Promise<void>): Promise<RowError | undefined> {
  try {
    await take(item);
    return undefined;
  } catch (error) {
    if (error instanceof RowError) return error;
    throw error;
  }
}

/** `3 of 10 rows were skipped: 2 E_JSON, 1 E_LABEL`; `undefined` if none was. */
export function skippedText({ rows, skipped }: Outcome): string | undefined {
  const count = skippedRows({ skipped });
  return count === 0 ? undefined : `${count} of ${rows + count} rows were skipped: ${kindsText(skipped)}`;
}

/** Number of rows without a ranking. */
export function skippedRows({ skipped }: Pick<Outcome, 'skipped'>): number {
  return [...skipped.values()].reduce((sum, one) => sum + one, 0);
}

/** `2 E_JSON, 1 E_LABEL`, the most frequent first. */
function kindsText(counts: ReadonlyMap<string, number>): string {
  return [...counts]
    .sort((a, b) => b[1] - a[1])
    .map(([code, count]) => `${count} ${code}`)
    .join(', ');
}

/** Says how many lines of rankings are errors. They are no failure: `score` has reported them. @param run `A: ` if there are several */
export function tellErrorLines({ codes, count, lines }: ErrorLines, console: Console, run = ''): void {
  if (count === 0) return;
  const text = `${run}${count} of ${lines} lines are errors of score: ${kindsText(codes)}`;
  console.tell(text, { level: 'warning', codes: Object.fromEntries(codes) });
}
