import { StarlingError } from '../../contracts/errors.js';
import type { Keep } from '../../contracts/ranking.js';
import { shardInName, shardName } from '../../runs/merge/shard-name.js';
import type { ScoringSettings } from '../../score/open-scorer.js';
import type { Destination } from '../../write/files/same-place.js';
import { targetOf } from '../../write/files/target.js';
import type { Format } from '../../write/format.js';
import { type Calibrated, readCalibration } from '../common/calibration/calibration-file.js';
import type { Console } from '../common/console/console.js';
import type { ModelFlags, RecordFlags, RowFlags } from '../common/flags.js';
import {
  checkEmitting,
  linesSettings,
  needs,
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
import { askedShard, type FoundShard } from './asked-shard.js';

export interface ScoreFlags extends ModelFlags, RowFlags, RecordFlags {
  shard?: string;
  shards?: number;
  output?: string;
  format?: Format;
  keep?: Keep;
  calibration?: string;
  dryRun?: boolean;
  explain?: boolean;
  explainFields?: boolean;
}

interface ScoredRowsSettings extends RowsSettings, ScoringSettings {
  /** The part of the rows that is scored, if not all are. */
  shard?: FoundShard;
}

export interface RankSettings extends ScoredRowsSettings, Calibrated {
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
  const shard = askedShard(flags);
  const named = shard === undefined ? flags : await namedForShard(flags, shard);
  const task = taskOf(named);
  const input = await rowInputSettings(named);
  if (shard !== undefined) {
    checkSharded(task, flags);
    input.choice.shard = shard;
  }
  const rows = { paths, input, ...seenSettings(named, console) };
  if (task.task === 'explain-fields') return { ...task, ...rows };
  if (task.task === 'rank') checkEmitting(input, task.output);
  const calibration = flags.calibration === undefined ? undefined : await readCalibration(flags.calibration);
  return {
    ...task,
    ...rows,
    ...(shard && { shard }),
    ...(await scoringSettings(named)),
    ...(calibration && { calibration }),
  };
}

/** Gives every file that is written the name of the shard, so that all tasks of a job can have the same command line. */
async function namedForShard(flags: ScoreFlags, shard: FoundShard): Promise<ScoreFlags> {
  const named = { ...flags };
  for (const name of ['output', 'rejects', 'runFile', 'metrics'] as const) {
    const file = flags[name];
    if (file === undefined || (await targetOf(file)).kind !== 'file') continue;
    if (shardInName(file) !== undefined) throw namedTwice(file, shard);
    named[name] = shardName(file, shard);
  }
  return named;
}

function namedTwice(file: string, shard: FoundShard): StarlingError {
  const plain = file.replace(/-\d+-of-\d+(?=\.[^.]+$|$)/, '');
  const problem = `this is already the name of a shard; name it ${plain}, of which --shard makes ${shardName(plain, shard)}`;
  return new StarlingError('E_USAGE', problem, { file });
}

/** @throws StarlingError E_USAGE for what cannot be merged */
function checkSharded(task: Task, { output }: ScoreFlags): void {
  if (task.task === 'explain' || task.task === 'explain-fields') {
    throw needs('--shard', `rankings to write; drop --${task.task}`);
  }
  if (task.task === 'dry-run' || task.output.format === 'jsonl') return;
  const problem = `shards are JSON lines, of which starling-rm merge makes ${task.output.format}; name it .jsonl`;
  throw new StarlingError('E_USAGE', problem, { file: output });
}

function taskOf(flags: ScoreFlags): Task {
  const { output, format, keep = false, force = false } = flags;
  const target = output ?? '-';
  if (flags.calibration !== undefined && (flags.explain || flags.explainFields || flags.dryRun)) {
    const other = flags.dryRun ? '--dry-run' : flags.explain ? '--explain' : '--explain-fields';
    throw needs('--calibration', `rankings to write; drop ${other}`);
  }
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
