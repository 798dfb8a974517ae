import type { ErrorCode } from '../../contracts/exit-codes.js';
import type { Attempt, InputRecord, RunEnd, RunRecord } from '../run-record.js';
import type { Sealed } from '../sealed.js';
import type { RecordedFile } from './merge-file.js';
import { askedOfWhole } from './same-run.js';

/** What was made of the shards. */
export interface Merged {
  format: string;
  output: Sealed;
  rejects?: Sealed;
}

/** The record that a single run over all rows would have, with the attempts of all shards. @param shards finished, all of one run */
export function mergedRecord(shards: readonly RecordedFile[], { format, output, rejects }: Merged): RunRecord {
  const [{ record: first }] = shards;
  const asked = askedOfWhole(shards);
  const ends = shards.map(({ record }) => record.end);
  return {
    run_format: first.run_format,
    identity: first.identity,
    asked: {
      ...asked,
      output: { ...asked.output, format },
      bad_rows: { ...asked.bad_rows, rejects: rejects !== undefined },
    },
    inputs: first.inputs.map((input, i) => withDigest(input, shards, i)),
    attempts: shards.flatMap((shard) => attemptsOf(shard, first)),
    end: {
      time: new Date().toISOString(),
      rows: sumOf(ends, ({ rows }) => rows),
      skipped: Object.fromEntries(skippedIn(shards)),
      ...output,
      ...(rejects && { rejects }),
      tokens: sumOf(ends, ({ tokens }) => tokens),
      seconds: Math.round(1000 * sumOf(ends, ({ seconds }) => seconds)) / 1000,
    },
  };
}

/** Number of rows without a ranking in all shards, by error code. */
export function skippedIn(shards: readonly RecordedFile[]): Map<ErrorCode, number> {
  const skipped = new Map<ErrorCode, number>();
  for (const { record } of shards) {
    for (const [code, count] of Object.entries(record.end.skipped) as [ErrorCode, number][]) {
      skipped.set(code, (skipped.get(code) ?? 0) + count);
    }
  }
  return skipped;
}

/** A shard may have ended before it had computed the digest of an input. */
function withDigest(input: InputRecord, shards: readonly RecordedFile[], i: number): InputRecord {
  const known = shards.find(({ record }) => record.inputs[i].sha256 !== undefined);
  return known === undefined ? input : { ...input, sha256: known.record.inputs[i].sha256 };
}

/** The processor is named where it is not the first shard's. */
function attemptsOf({ record: { identity, attempts } }: RecordedFile, first: RunRecord): readonly Attempt[] {
  const { processor } = identity;
  if (`${processor}` === `${first.identity.processor}`) return attempts;
  return attempts.map((attempt) => ({ processor, ...attempt }));
}

function sumOf(ends: readonly RunEnd[], count: (end: RunEnd) => number): number {
  return ends.reduce((sum, end) => sum + count(end), 0);
}
