import { StarlingError, stoppedBy } from '../../contracts/errors.js';
import { JsonNode } from '../../json/json-node.js';
import { partialOf } from '../../write/files/new-file.js';
import { type RunRecord, readRunRecord, recordOf } from '../run-record.js';
import { checkedIdentity } from '../score-identity.js';
import { isSealed } from '../sealed.js';

/** A file of rankings that is merged. */
export interface MergeFile {
  name: string;
  /** The record of the run that wrote it; absent if none is beside it. */
  record?: RunRecord;
}

/** The record of a run that has ended. */
export type EndedRecord = RunRecord & Required<Pick<RunRecord, 'end'>>;

/** The same where there is one. */
export interface RecordedFile extends MergeFile {
  record: EndedRecord;
}

const PARTIAL = partialOf('');

/** @throws StarlingError E_RESUME, E_READ, E_SHARD if the record beside the file is not one of `score` */
export async function readMergeFile(name: string): Promise<MergeFile> {
  const path = recordOf(fileOfPartial(name));
  const record = await readRunRecord(path);
  if (record === undefined) return { name };
  checkedIdentity(record.identity, path);
  const source = { file: path, code: 'E_SHARD', problem: 'this is no run record of score: ' } as const;
  const asked = new JsonNode(source, 'asked', record.asked);
  for (const part of ['output', 'choice', 'rows', 'bad_rows']) asked.at(part).object();
  const end = new JsonNode(source, 'end', record.end);
  if (!end.absent) for (const sum of ['tokens', 'seconds']) end.at(sum).number();
  return { name, record };
}

/** Whether the run that writes the file has ended, as far as its record says. */
export function isEnded(file: MergeFile): file is RecordedFile {
  return file.record?.end !== undefined && fileOfPartial(file.name) === file.name;
}

/** Reads the file for its digest. @throws StarlingError E_SHARD if it is not the one that its run has written, or as `stoppedBy` */
export async function refuseUnsealed({ name, record }: RecordedFile, interrupted: AbortSignal): Promise<void> {
  if (await isSealed(name, record.end, interrupted)) return;
  if (interrupted.aborted) throw stoppedBy(interrupted, 'stopped before anything was merged');
  const problem = `this was changed since its run ended: it has another SHA-256 than ${recordOf(name)} says`;
  throw new StarlingError('E_SHARD', `${problem}; put the file back, or score it again with --force`, { file: name });
}

/** `FILE` for `FILE.partial`, which shares its record. */
function fileOfPartial(name: string): string {
  return name.endsWith(PARTIAL) ? name.slice(0, -PARTIAL.length) : name;
}
