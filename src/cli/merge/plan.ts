import { StarlingError } from '../../contracts/errors.js';
import type { ScoreIdentity } from '../../contracts/identity.js';
import { openInputs } from '../../read/inputs/inputs.js';
import {
  isEnded,
  type MergeFile,
  type RecordedFile,
  readMergeFile,
  refuseUnsealed,
} from '../../runs/merge/merge-file.js';
import { refuseOtherRuns, refuseOtherScores } from '../../runs/merge/same-run.js';
import { type ShardSet, shardSetOf } from '../../runs/merge/shard-set.js';
import { isRecordName } from '../../runs/run-record.js';
import { openOutput } from '../../write/files/output.js';
import { refuseSamePlace } from '../../write/files/same-place.js';
import { destinationsOfMerge, type MergeSettings } from './settings.js';

/** The checked files that are merged. */
export interface MergePlan {
  files: readonly string[];
  /** What scored all of the rows; absent if that is not known of all files. */
  identity?: ScoreIdentity;
  /** Whether the files are all the shards of one run, in the order of their numbers. */
  areShards: boolean;
  /** The files with a run record, and the names of the others. */
  recorded: readonly RecordedFile[];
  unrecorded: ReadonlySet<string>;
}

/** Most numbers that the error names. All of them are on standard output. */
const MOST_NAMED = 20;

/** Checks all that records say of the files, and their digests, before any of them is merged. @throws StarlingError E_SHARD, E_NO_INPUT */
export async function planMerge(settings: MergeSettings, interrupted: AbortSignal): Promise<MergePlan> {
  const files: MergeFile[] = [];
  for (const name of await mergedNames(settings)) files.push(await readMergeFile(name));
  const set = shardSetOf(files);
  return set === undefined ? othersPlan(files, settings, interrupted) : shardsPlan(set, settings, interrupted);
}

/** Files are read more than once, so none may be a pipe. Run records, which patterns such as `out-*` match too, are no rankings. */
async function mergedNames(settings: MergeSettings): Promise<string[]> {
  const inputs = await openInputs(settings.paths);
  await refuseSamePlace(destinationsOfMerge(settings), inputs);
  const pipe = inputs.find(({ size }) => size === undefined);
  if (pipe !== undefined) {
    throw new StarlingError('E_USAGE', 'this is a pipe, and merge reads files; name a file', { file: pipe.name });
  }
  const names = inputs.map(({ name }) => name).filter((name) => !isRecordName(name));
  if (names.length > 0) return names;
  throw new StarlingError('E_USAGE', 'these are run records only; name the files of rankings');
}

async function shardsPlan(
  { count, shards, missing }: ShardSet,
  { mixesMachines }: MergeSettings,
  interrupted: AbortSignal,
): Promise<MergePlan> {
  if (shards.length > 0) refuseOtherRuns(shards, mixesMachines);
  if (missing.length > 0) throw await toldMissing(missing, count);
  for (const shard of shards) await refuseUnsealed(shard, interrupted);
  return planOf(shards, { areShards: true });
}

async function othersPlan(
  files: readonly MergeFile[],
  { mixesMachines, console }: MergeSettings,
  interrupted: AbortSignal,
): Promise<MergePlan> {
  const unfinished = files.find((file) => file.record !== undefined && !isEnded(file));
  if (unfinished !== undefined) {
    const problem = 'the run that writes this has not ended; go on with it with --resume';
    throw new StarlingError('E_SHARD', problem, { file: unfinished.name });
  }
  const recorded = files.filter(isEnded);
  refuseOtherScores(recorded, mixesMachines);
  for (const file of recorded) await refuseUnsealed(file, interrupted);
  const plan = planOf(files, { areShards: false });
  const [first] = plan.unrecorded;
  if (first !== undefined) {
    const more = plan.unrecorded.size > 1 ? ` and ${plan.unrecorded.size - 1} more` : '';
    const problem = `no run record beside ${first}${more}: not checked are model, flags, input, and whether it is whole`;
    console.tell(problem, { level: 'warning' });
  }
  return plan;
}

function planOf(files: readonly MergeFile[], { areShards }: Pick<MergePlan, 'areShards'>): MergePlan {
  const recorded = files.filter(isEnded);
  const unrecorded = files.filter((file) => !isEnded(file)).map(({ name }) => name);
  return {
    files: files.map(({ name }) => name),
    ...(unrecorded.length === 0 && { identity: recorded[0].record.identity }),
    areShards,
    recorded,
    unrecorded: new Set(unrecorded),
  };
}

/** Writes the numbers to standard output, for the command that starts these shards again. */
async function toldMissing(missing: readonly number[], count: number): Promise<StarlingError> {
  const output = await openOutput('-', { force: false });
  await output.write(`${missing.join(' ')}\n`);
  await output.finish();
  const more = missing.length > MOST_NAMED ? ` and ${missing.length - MOST_NAMED} more` : '';
  const which = `${missing.slice(0, MOST_NAMED).join(' ')}${more}`;
  const problem = `${missing.length} of ${count} shards are not there, or not finished: ${which}`;
  return new StarlingError('E_SHARD', `${problem}; score them with --resume, and name their files`);
}
