import { StarlingError } from '../../contracts/errors.js';
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
  keep?: boolean;
  dryRun?: boolean;
  explain?: boolean;
  explainFields?: boolean;
}

interface ScoredRowsSettings extends RowsSettings, ScoringSettings {}

export interface RankSettings extends ScoredRowsSettings {
  task: 'rank';
  output: RankingsSettings;
  /** Whether rankings carry all fields of their rows. */
  keep: boolean;
}

export interface ExplainSettings extends ScoredRowsSettings {
  task: 'explain';
  output: OutputSettings;
}

export interface DryRunSettings extends ScoredRowsSettings {
  task: 'dry-run';
}

/** No model is used. */
export interface ExplainFieldsSettings extends RowsSettings {
  task: 'explain-fields';
  output: OutputSettings;
}

export type ScoreSettings = RankSettings | ExplainSettings | DryRunSettings | ExplainFieldsSettings;

type Task =
  | Pick<RankSettings, 'task' | 'output' | 'keep'>
  | Pick<ExplainSettings, 'task' | 'output'>
  | Pick<DryRunSettings, 'task'>
  | Pick<ExplainFieldsSettings, 'task' | 'output'>;

/** @throws StarlingError E_USAGE for flags that contradict each other, or have no effect without others */
export async function scoreSettings(
  paths: readonly string[],
  flags: ScoreFlags,
  console: Console,
): Promise<ScoreSettings> {
  const task = taskOf(flags);
  const rows = { paths, input: await rowInputSettings(flags), ...seenSettings(flags, console) };
  if (task.task === 'explain-fields') return { ...task, ...rows };
  if (task.task === 'rank') checkEmitting(rows.input, task.output);
  return { ...task, ...rows, ...(await scoringSettings(flags)) };
}

function taskOf(flags: ScoreFlags): Task {
  const { output, format, keep = false, force = false } = flags;
  const target = output ?? '-';
  if (flags.explainFields) {
    if (flags.dryRun || flags.explain) {
      const other = flags.explain ? '--explain' : '--dry-run';
      throw new StarlingError('E_USAGE', `${other} and --explain-fields are two different things; drop one`);
    }
    refuseRecord(flags, 'rankings to write; drop --explain-fields');
    refuseEmit(flags, 'rankings to write; drop --explain-fields');
    return { task: 'explain-fields', output: linesSettings(target, force) };
  }
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
  if (keep && (rankings.format === 'tsv' || rankings.format === 'csv')) throw noPlaceInTable(rankings.format);
  return { task: 'rank', output: rankings, keep };
}

function noPlaceInTable(format: Format): StarlingError {
  const problem = `${format.toUpperCase()} has a line an answer and fixed columns, in which the fields of the input have no place`;
  return new StarlingError('E_USAGE', `${problem}; drop --keep`);
}

/** The output as messages call it. */
export function destinationOf({ target }: OutputSettings): Destination {
  return { flag: target === '-' ? 'standard output' : '--output', target };
}

export function destinationsOfScore(output: RankingsSettings): Destination[] {
  return [destinationOf(output), { flag: '--run-file', target: output.record.path }];
}
