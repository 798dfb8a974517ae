import { sha256 } from '../model/files.js';
import type { Input } from '../read/inputs/inputs.js';
import type { InputRecord } from './run-record.js';

/** Records of inputs that are not read yet. Only files from addresses have digests. */
export function inputRecords(inputs: readonly Input[]): InputRecord[] {
  return inputs.map(({ name, version, sha256 }) => ({
    name,
    ...(version && { bytes: version.size }),
    // A file from an address was loaded at another time on each machine.
    ...(sha256 === undefined ? version && { modified: String(version.modified) } : { sha256 }),
  }));
}

/**
 * Adds the digests that an earlier run recorded, for files whose size and time have not changed since. A file that has changed is read,
 * at about one second a gigabyte, if the earlier run recorded a digest to compare with.
 */
export async function comparableInputs(
  inputs: readonly InputRecord[],
  before: readonly InputRecord[],
): Promise<InputRecord[]> {
  const records: InputRecord[] = [];
  for (const [i, input] of inputs.entries()) {
    const was = before[i];
    const isUntouched = was?.name === input.name && was.bytes === input.bytes && was.modified === input.modified;
    const compared = isUntouched || was?.sha256 === undefined ? was?.sha256 : await digestOf(input);
    const digest = input.sha256 ?? compared;
    records.push({ ...input, ...(digest !== undefined && { sha256: digest }) });
  }
  return records;
}

/**
 * Adds the missing digests by reading the files.
 * @param interrupted rejects with its reason once it is aborted
 */
export async function withDigests(inputs: readonly InputRecord[], interrupted: AbortSignal): Promise<InputRecord[]> {
  const records: InputRecord[] = [];
  for (const input of inputs) {
    const digest = input.sha256 ?? (await digestOf(input, interrupted));
    records.push({ ...input, ...(digest !== undefined && { sha256: digest }) });
  }
  return records;
}

/** `undefined` for an input that is not a file. */
async function digestOf({ name, bytes }: InputRecord, interrupted?: AbortSignal): Promise<string | undefined> {
  return bytes === undefined ? undefined : sha256(name, interrupted);
}
