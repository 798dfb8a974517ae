import { RowError, StarlingError } from '../errors.js';
import type { Ranking } from '../types.js';
import type { InputFlags } from './options.js';
import { tell } from './tell.js';

/** What became of the rows. */
export interface Outcome {
  rows: number;
  skipped: number;
}

/**
 * Hands on each ranking in its turn. A bad row, in the input or for `take`, ends the run or is told and counted, as `--on-error` says.
 * @throws RowError under `stop`, E_INTERRUPTED when the run was stopped by a signal
 */
export async function eachRanking(
  items: AsyncIterable<Ranking | RowError>,
  flags: InputFlags,
  interrupted: AbortSignal,
  take: (ranking: Ranking) => void | Promise<void>,
): Promise<Outcome> {
  const outcome: Outcome = { rows: 0, skipped: 0 };
  for await (const item of items) {
    const error = item instanceof RowError ? item : await taken(item, take);
    if (error === undefined) outcome.rows++;
    else if (flags.onError === 'stop') throw error;
    else {
      outcome.skipped++;
      if (!flags.quiet) tell(`skipped: ${error}`);
    }
  }
  if (interrupted.aborted) throw new StarlingError('E_INTERRUPTED', `stopped after ${outcome.rows} rows`);
  return outcome;
}

async function taken(
  ranking: Ranking,
  take: (ranking: Ranking) => void | Promise<void>,
): Promise<RowError | undefined> {
  try {
    await take(ranking);
    return undefined;
  } catch (error) {
    if (error instanceof RowError) return error;
    throw error;
  }
}
