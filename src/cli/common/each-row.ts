import { RowError, stoppedBy } from '../../contracts/errors.js';
import type { ErrorCode } from '../../contracts/exit-codes.js';
import type { ErrorLines } from '../../read/error-lines.js';
import type { ResumedRun } from '../../runs/resumed-run.js';
import { openOutput } from '../../write/files/output.js';
import { rejectLine } from '../../write/rejects.js';
import type { Outputs } from './outputs.js';
import type { ConsoleSettings, InputSettings } from './settings.js';
import { tell } from './tell.js';
import { untilLost } from './until-lost.js';

/** The choice of rows, the handling of bad ones, and what is shown of them. */
interface EachRowSettings {
  input: Pick<InputSettings, 'choice' | 'onError' | 'rejects'>;
  console: ConsoleSettings;
}

/** Counts of a run. */
export interface Outcome {
  rows: number;
  /** How many were skipped, by the reason's code. */
  skipped: Map<ErrorCode, number>;
}

/** What items are handed on to, beside what takes them. */
export interface Taking {
  /** All outputs that are open; one that is lost ends the items. */
  outputs: Outputs;
  /** Writes a bad row to wherever bad rows are written. @returns whether it needs to be told as well */
  refuse(error: RowError): Promise<boolean>;
  /** What an earlier run has brought to its end, where this one goes on with it. */
  resumed?: ResumedRun;
}

/** Opens `--rejects` for items that no earlier run has had. */
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
 * Hands on each item, a row or its ranking, in input order. A bad one, in the input or for `take`, ends the run, or is counted, written
 * and reported unless a line of output says it, as `--on-error` says. An input without rows is reported.
 * @throws RowError under `stop`, as `stoppedBy` when the run was stopped by a signal, what `refuse` throws
 */
export async function eachRow<Item extends object>(
  items: AsyncIterable<Item | RowError>,
  { input: { choice, onError }, console: { quiet } }: EachRowSettings,
  { outputs, refuse, resumed }: Taking,
  take: (item: Item) => void | Promise<void>,
): Promise<Outcome> {
  const { stopped } = outputs;
  const outcome: Outcome = resumed?.outcome ?? { rows: 0, skipped: new Map() };
  for await (const item of untilLost(items, stopped)) {
    const error = item instanceof RowError ? item : await taken(item, take);
    if (error === undefined) outcome.rows++;
    else if (onError === 'stop') throw error;
    else {
      outcome.skipped.set(error.code, (outcome.skipped.get(error.code) ?? 0) + 1);
      const isToTell = await refuse(error);
      if (isToTell && !quiet) tell(`skipped: ${error}`);
    }
  }
  if (stopped.aborted) throw stoppedBy(stopped, `stopped after ${outcome.rows} rows`);
  const isEmpty = outcome.rows + outcome.skipped.size === 0;
  if (isEmpty && choice.limit !== 0 && !quiet) tell('there were no rows');
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

/** `3 of 10 rows were skipped: 2 E_JSON, 1 E_LABEL`; nothing if none was. */
export function skippedText({ rows, skipped }: Outcome): string | undefined {
  const count = skippedRows({ skipped });
  return count === 0 ? undefined : `${count} of ${rows + count} rows were skipped: ${kindsText(skipped)}`;
}

/** How many rows have no ranking. */
export function skippedRows({ skipped }: Pick<Outcome, 'skipped'>): number {
  return [...skipped.values()].reduce((sum, one) => sum + one, 0);
}

/** `2 E_JSON, 1 E_LABEL`, the commonest first. */
function kindsText(counts: ReadonlyMap<string, number>): string {
  return [...counts]
    .sort((a, b) => b[1] - a[1])
    .map(([code, count]) => `${count} ${code}`)
    .join(', ');
}

/** Tells how many lines of rankings are errors of `score`: it has reported them, so they are no failure. @param run `A: ` if there are several */
export function tellErrorLines({ codes, count, lines }: ErrorLines, { quiet }: ConsoleSettings, run = ''): void {
  if (count === 0 || quiet) return;
  tell(`${run}${count} of ${lines} lines are errors of score: ${kindsText(codes)}`);
}
