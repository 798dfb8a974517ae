import { openRankings } from '../../write/open-rankings.js';
import { eachRow, type Outcome } from '../common/each-row.js';
import { withRankings } from '../common/with-rankings.js';
import { writing } from '../common/writing.js';
import { dryRun } from './dry-run.js';
import { explain } from './explain.js';
import { destinationOf, type RankSettings, type ScoreSettings } from './settings.js';

/** Writes a ranking a row, or what `--explain` or `--dry-run` tell instead. */
export async function score(settings: ScoreSettings, interrupted: AbortSignal): Promise<Outcome> {
  if (settings.task === 'explain') return explain(settings, interrupted);
  if (settings.task === 'dry-run') return dryRun(settings, interrupted);
  return rank(settings, interrupted);
}

async function rank(settings: RankSettings, interrupted: AbortSignal): Promise<Outcome> {
  const { output } = settings;
  return withRankings(settings, interrupted, [destinationOf(output)], async (rankings) =>
    writing(await openRankings(output.target, output), interrupted, (writer, stopped) =>
      eachRow(rankings, settings, stopped, (ranking) => writer.write(ranking)),
    ),
  );
}
