import { RowError } from '../../contracts/errors.js';
import type { Ranking } from '../../contracts/ranking.js';
import { openScorer, type ScoringSettings } from '../../score/open-scorer.js';
import type { Destination } from '../../write/files/same-place.js';
import { openRows } from './chosen-rows.js';
import type { RowsSettings } from './settings.js';
import { tell } from './tell.js';

/** Rankings that a command is about. Disposing of them closes what makes them. */
export interface Rankings extends AsyncDisposable {
  rankings: AsyncGenerator<Ranking | RowError>;
  /** Tells what is odd about the rows, when all are used. */
  tellQuirks(): void;
}

/** Opens the rows of the inputs, none of which may be a destination, and what scores them. */
export async function scoredRows(
  settings: RowsSettings & ScoringSettings & { keep: boolean },
  destinations: readonly Destination[],
  interrupted: AbortSignal,
): Promise<Rankings> {
  const { rows, progress, stop, truncated, tellQuirks } = await openRows(settings, destinations, interrupted);
  const scorer = await openScorer(settings, interrupted);
  if (scorer.note !== undefined && !settings.console.quiet) tell(scorer.note);
  const options = { keep: settings.keep, stop, onScored: progress.scored };
  const rankings = scorer.rankings(progress.entering(rows), options);
  return {
    rankings: counted(progress.leaving(rankings), truncated),
    tellQuirks,
    [Symbol.asyncDispose]: () => scorer.close(),
  };
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
