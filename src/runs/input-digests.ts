import { sha256 } from '../model/files.js';
import type { Input } from '../read/inputs/inputs.js';
import type { InputRecord } from './run-record.js';

/** What is known of inputs before they are read. */
export function inputRecords(inputs: readonly Input[]): InputRecord[] {
  return inputs.map(({ name, version }) => ({
    name,
    ...(version && { bytes: version.size, modified: String(version.modified) }),
  }));
}

/**
 * The same with the digests of all files, which are read for it, a second a gigabyte or so. A file of the size and time of one in
 * `known` is that one.
 * @param interrupted rejects with its reason once it is aborted
 */
export async function withDigests(
  inputs: readonly InputRecord[],
  known: readonly InputRecord[],
  interrupted?: AbortSignal,
): Promise<InputRecord[]> {
  const records: InputRecord[] = [];
  for (const input of inputs) {
    const same = known.find(({ name, bytes, modified }) => {
      return name === input.name && bytes === input.bytes && modified === input.modified;
    });
    const digest = input.bytes === undefined ? undefined : (same?.sha256 ?? (await sha256(input.name, interrupted)));
    records.push({ ...input, ...(digest !== undefined && { sha256: digest }) });
  }
  return records;
}
