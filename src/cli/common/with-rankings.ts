import { RowError } from '../../contracts/errors.js';
import type { Ranking } from '../../contracts/ranking.js';
import { openScorer, type ScoringSettings } from '../../score/open-scorer.js';
import type { Destination } from '../../write/files/same-place.js';
import type { RowsSettings } from './settings.js';
import { tell } from './tell.js';
import { withRows } from './with-rows.js';

/** Scores the rows of the inputs, none of which may be a destination, and gives their rankings to `use`. All is closed when `use` ends, however it does. */
export async function withRankings<Result>(
  settings: RowsSettings & ScoringSettings & { keep: boolean },
  interrupted: AbortSignal,
  destinations: readonly Destination[],
  use: (rankings: AsyncGenerator<Ranking | RowError>) => Promise<Result>,
): Promise<Result> {
  return withRows(settings, interrupted, destinations, async ({ rows, progress, stop, truncated }) => {
    await using scorer = await openScorer(settings, interrupted);
    if (scorer.note !== undefined && !settings.console.quiet) tell(scorer.note);
    const options = { keep: settings.keep, stop, onScored: progress.scored };
    const rankings = scorer.rankings(progress.entering(rows), options);
    return await use(counted(progress.leaving(rankings), truncated));
  });
}

async function* counted(
  rankings: AsyncIterable<Ranking | RowError>,
  truncated: (answers: number) => void,
): AsyncGenerator<Ranking | RowError> {
  for await (const ranking of rankings) {
    if (!(ranking instanceof RowError)) truncated(ranking.truncated?.length ?? 0);
    yield ranking;
  }
}
