import type { RowError } from '../errors.js';
import { Scorer } from '../flow.js';
import { openInputs } from '../read/inputs.js';
import { limit } from '../read/limit.js';
import { readRows } from '../read/rows.js';
import type { Plan, Ranking } from '../types.js';
import { type InputFlags, type ModelFlags, maxLineBytes, scorerOptions } from './options.js';
import { type Done, openProgress } from './progress.js';

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
  const done: Done = { rows: 0, answers: 0, tokens: 0 };
  const ended = new AbortController();
  const signal = AbortSignal.any([interrupted, ended.signal]);
  let bytes = 0;
  const onBytes = (count: number) => {
    bytes += count;
  };
  const rows = limit(readRows(inputs, { maxLineBytes: maxLineBytes(flags), signal, onBytes }), flags.limit);
  const onScored = (plan: Plan) => {
    done.rows++;
    done.answers += plan.suffixOf.length;
    done.tokens += plan.tokens;
    progress.update(done, flags.limit ? done.rows / flags.limit : bytes / total);
  };
  try {
    return await use(scorer.rankings(rows, { keep: flags.keep ?? false, stop: () => ended.abort(), onScored }));
  } finally {
    progress.stop();
    await scorer.close();
  }
}
