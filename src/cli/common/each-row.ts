import { RowError, stoppedBy } from '../../contracts/errors.js';
import type { ErrorCode } from '../../contracts/exit-codes.js';
import type { ResumedRun } from '../../runs/resumed-run.js';
import { openOutput } from '../../write/files/output.js';
import { rejectLine } from '../../write/rejects.js';
import type { Outputs, Writing } from './outputs.js';
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
  /** Where bad rows go. */
  refused?: Writing<string>;
  /** What an earlier run has brought to its end, where this one goes on with it. */
  resumed?: ResumedRun;
}

/** Opens `--rejects` for items that no earlier run has had. */
export async function openTaking({ input: { rejects } }: EachRowSettings, outputs: Outputs): Promise<Taking> {
  return { outputs, ...(rejects && { refused: outputs.add<string>(await openOutput(rejects.target, rejects)) }) };
}

/**
 * Hands on each item, a row or its ranking, in input order. A bad one, in the input or for `take`, ends the run, or is reported, counted
 * and written to `--rejects`, as `--on-error` says. An input without rows is reported.
 * @throws RowError under `stop`, as `stoppedBy` when the run was stopped by a signal, what writing `--rejects` throws
 */
export async function eachRow<Item extends object>(
  items: AsyncIterable<Item | RowError>,
  { input: { choice, onError }, console: { quiet } }: EachRowSettings,
  { outputs, refused, resumed }: Taking,
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
      if (resumed?.isRefused(error)) continue;
      await refused?.write(rejectLine(error));
      if (!quiet) tell(`skipped: ${error}`);
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
  const count = [...skipped.values()].reduce((sum, one) => sum + one, 0);
  if (count === 0) return undefined;
  const kinds = [...skipped].sort((a, b) => b[1] - a[1]).map(([code, one]) => `${one} ${code}`);
  return `${count} of ${rows + count} rows were skipped: ${kinds.join(', ')}`;
}
