import { StarlingError } from '../../contracts/errors.js';
import { isShard, type Shard, shardInText, shardText } from '../../read/choose/shard.js';
import { recordOf } from '../run-record.js';
import { isEnded, type MergeFile, type RecordedFile } from './merge-file.js';
import { shardInName } from './shard-name.js';

/** The shards of a run, as far as they are there. */
export interface ShardSet {
  count: number;
  /** The finished ones, by number. */
  shards: readonly RecordedFile[];
  /** Numbers of the others, in ascending order. */
  missing: readonly number[];
}

/**
 * Finds out which shards some files are.
 * @returns `undefined` if none is a shard
 * @throws StarlingError E_SHARD for a shard without its record, or twice; for a file that is no shard, or one of another number of shards
 */
export function shardSetOf(files: readonly MergeFile[]): ShardSet | undefined {
  const found = files.map((file) => ({ file, shard: shardOfFile(file) }));
  const first = found.find(({ shard }) => shard !== undefined);
  if (first?.shard === undefined) return undefined;
  const { count } = first.shard;
  const others = `${first.file.name} is shard ${shardText(first.shard)}`;
  const byNumber = new Map<number, MergeFile>();
  for (const { file, shard } of found) {
    if (shard === undefined) throw misplaced(file, `this is no shard, but ${others}`);
    if (shard.count !== count) throw misplaced(file, `this is shard ${shardText(shard)}, but ${others}`);
    const same = byNumber.get(shard.index);
    if (same !== undefined) throw misplaced(file, `this is shard ${shardText(shard)}, and so is ${same.name}`);
    byNumber.set(shard.index, file);
  }
  const shards = new Map<number, RecordedFile>();
  for (const [number, file] of byNumber) if (isEnded(file)) shards.set(number, file);
  const numbers = Array.from({ length: count }, (_, number) => number);
  return {
    count,
    shards: numbers.flatMap((number) => shards.get(number) ?? []),
    missing: numbers.filter((number) => !shards.has(number)),
  };
}

/** The shard that a file is by its record, with which its name must agree. */
function shardOfFile(file: MergeFile): Shard | undefined {
  const { name, record } = file;
  const named = shardInName(name);
  if (record === undefined) {
    if (named === undefined) return undefined;
    const problem = `its run record ${recordOf(name)}, which says what it is, is not there`;
    throw new StarlingError('E_SHARD', `${problem}; put it back, or score the shard again`, { file: name });
  }
  const text = record.asked.choice.shard;
  const recorded = text === undefined ? undefined : shardInText(text);
  const isWrong = text !== undefined && (recorded === undefined || !isShard(recorded));
  if (isWrong || (named !== undefined && shardText(named) !== text)) {
    const said = text === undefined ? 'that it is no shard' : `that it is shard ${text}`;
    throw misplaced(file, `its run record says ${said}, which its name does not`);
  }
  return recorded;
}

function misplaced({ name }: MergeFile, problem: string): StarlingError {
  return new StarlingError('E_SHARD', `${problem}; give each shard of one run once`, { file: name });
}
