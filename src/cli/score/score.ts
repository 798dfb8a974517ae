import { openRankings } from '../../write/open-rankings.js';
import { eachRow, type Outcome } from '../common/each-row.js';
import { Outputs } from '../common/outputs.js';
import { scoredRows } from '../common/scored-rows.js';
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
  await using scored = await scoredRows(settings, [destinationOf(output)], interrupted);
  await using outputs = new Outputs(interrupted);
  const writer = outputs.add(await openRankings(output.target, output));
  const outcome = await eachRow(scored.rankings, settings, outputs, (ranking) => writer.write(ranking));
  await outputs.commit();
  scored.tellQuirks();
  return outcome;
}
