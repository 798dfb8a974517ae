import { StarlingError } from '../../contracts/errors.js';
import type { Keep } from '../../contracts/ranking.js';
import type { ScoringSettings } from '../../score/open-scorer.js';
import type { Destination } from '../../write/files/same-place.js';
import type { Format } from '../../write/format.js';
import type { Console } from '../common/console/console.js';
import type { ModelFlags, RecordFlags, RowFlags } from '../common/flags.js';
import {
  checkEmitting,
  linesSettings,
  type OutputSettings,
  type RankingsSettings,
  type RowsSettings,
  rankingsSettings,
  refuseEmit,
  refuseRecord,
  rowInputSettings,
  scoringSettings,
  seenSettings,
} from '../common/settings.js';

export interface ScoreFlags extends ModelFlags, RowFlags, RecordFlags {
  output?: string;
  format?: Format;
  keep?: Keep;
  dryRun?: boolean;
  explain?: boolean;
}

interface ScoredRowsSettings extends RowsSettings, ScoringSettings {}

export interface RankSettings extends ScoredRowsSettings {
  task: 'rank';
  output: RankingsSettings;
  /** What rankings carry of their rows. */
  keep: Keep;
}

export interface ExplainSettings extends ScoredRowsSettings {
  task: 'explain';
  output: OutputSettings;
}

export interface DryRunSettings extends ScoredRowsSettings {
  task: 'dry-run';
}

export type ScoreSettings = RankSettings | ExplainSettings | DryRunSettings;

/** @throws StarlingError E_USAGE for flags that contradict each other, or have no effect without others */
export async function scoreSettings(
  paths: readonly string[],
  flags: ScoreFlags,
  console: Console,
): Promise<ScoreSettings> {
  const task = taskOf(flags);
  const rows = { paths, input: rowInputSettings(flags), ...seenSettings(flags, console) };
  if (task.task === 'rank') checkEmitting(rows.input, task.output);
  return { ...task, ...rows, ...(await scoringSettings(flags)) };
}

function taskOf(
  flags: ScoreFlags,
): Pick<RankSettings, 'task' | 'output' | 'keep'> | Pick<ExplainSettings, 'task' | 'output'> | { task: 'dry-run' } {
  const { output, format, keep = false, force = false } = flags;
  const target = output ?? '-';
  if (flags.explain) {
    if (flags.dryRun) throw new StarlingError('E_USAGE', '--dry-run and --explain are two different things; drop one');
    refuseRecord(flags, 'rankings to write; drop --explain');
    refuseEmit(flags, 'rankings to write; drop --explain');
    return { task: 'explain', output: linesSettings(target, force) };
  }
  if (flags.dryRun) {
    if (output !== undefined) throw new StarlingError('E_USAGE', '--dry-run writes no rankings; drop --output');
    refuseRecord(flags, 'rankings to write; drop --dry-run');
    refuseEmit(flags, 'rankings to write; drop --dry-run');
    return { task: 'dry-run' };
  }
  const rankings = rankingsSettings(target, flags, '--output', format);
  if (keep && rankings.format === 'tsv') throw noPlaceInTsv();
  return { task: 'rank', output: rankings, keep };
}

function noPlaceInTsv(): StarlingError {
  const problem = 'TSV has a line an answer and fixed columns, in which the fields of the input have no place';
  return new StarlingError('E_USAGE', `${problem}; drop --keep`);
}

/** The output as messages call it. */
export function destinationOf({ target }: OutputSettings): Destination {
  return { flag: target === '-' ? 'standard output' : '--output', target };
}

export function destinationsOfScore(output: RankingsSettings): Destination[] {
  return [destinationOf(output), { flag: '--run-file', target: output.record.path }];
}
