import type { RowError } from '../errors.js';
import { Scorer } from '../flow.js';
import { openInputs } from '../read/inputs.js';
import { limit } from '../read/limit.js';
import { readRows } from '../read/rows.js';
import type { Plan, Ranking } from '../types.js';
import { type InputFlags, type ModelFlags, maxLineBytes, scorerOptions } from './options.js';
import { openProgress } from './progress.js';

/** Scores the rows of `paths` and gives their rankings to `use`. All is closed when `use` ends, however it does. */
export async function withRankings<Result>(
  paths: readonly string[],
  flags: ModelFlags & InputFlags & { keep?: boolean },
  interrupted: AbortSignal,
  use: (rankings: AsyncGenerator<Ranking | RowError>) => Promise<Result>,
): Promise<Result> {
  const inputs = await openInputs(paths);
  const total = inputs.reduce((sum, { size = Number.NaN }) => sum + size, 0);
  const scorer = await Scorer.open(scorerOptions(flags));
  const progress = openProgress(flags);
  const ended = new AbortController();
  const signal = AbortSignal.any([interrupted, ended.signal]);
  const options = {
    maxLineBytes: maxLineBytes(flags),
    signal,
    onBytes: (count: number) => progress.read(flags.limit ? 1 / flags.limit : count / total),
  };
  const rows = limit(readRows(inputs, options), flags.limit);
  const stop = () => ended.abort();
  const onScored = (plan: Plan) => progress.scored(plan);
  try {
    const rankings = scorer.rankings(progress.entering(rows), { keep: flags.keep ?? false, stop, onScored });
    return await use(progress.leaving(rankings));
  } finally {
    await scorer.close();
  }
}
