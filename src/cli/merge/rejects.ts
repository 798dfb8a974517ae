import { StarlingError } from '../../contracts/errors.js';
import { shardInText } from '../../read/choose/shard.js';
import type { RecordedFile } from '../../runs/merge/merge-file.js';
import { shardName } from '../../runs/merge/shard-name.js';
import { isSealed } from '../../runs/sealed.js';
import { needs } from '../common/settings.js';
import type { MergePlan } from './plan.js';
import type { MergeSettings } from './settings.js';

/**
 * The files of rejects of the shards. Their records do not name them, so they must have the names that `--shard` gives them.
 * @returns `undefined` if they are not merged
 * @throws StarlingError E_USAGE if there are none, E_SHARD if one is missing or was changed
 */
export async function rejectsOfShards(
  { areShards, recorded }: MergePlan,
  { rejects, console }: MergeSettings,
): Promise<readonly string[] | undefined> {
  const withRejects = areShards ? recorded.filter(({ record }) => record.end.rejects !== undefined) : [];
  if (rejects === undefined) {
    if (withRejects.length > 0) console.tell('the shards have rejects too, which --rejects FILE merges');
    return undefined;
  }
  if (withRejects.length === 0) throw needs('--rejects', 'shards that were scored with --rejects');
  return Promise.all(withRejects.map((shard) => rejectsOf(shard, rejects.target)));
}

async function rejectsOf({ record: { asked, end } }: RecordedFile, target: string): Promise<string> {
  const shard = shardInText(asked.choice.shard ?? '');
  const file = shard === undefined ? target : shardName(target, shard);
  if (end.rejects !== undefined && (await isSealed(file, end.rejects))) return file;
  const problem = 'these rejects are not there, or were changed since their shard ended';
  throw new StarlingError('E_SHARD', `${problem}; put them back, or leave out --rejects`, { file });
}
