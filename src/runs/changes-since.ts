import { sha256 } from '../model/files.js';
import { versionAt } from '../read/inputs/file-version.js';
import { type Difference, inputDifferences } from './differences.js';
import type { InputRecord, RunEnd, RunRecord } from './run-record.js';

const MOST_NAMED = 5;
const NANOSECONDS_OF_MILLISECOND = 1_000_000n;

/**
 * Sentences on what has changed since a run ended: its output, and those of its inputs that still exist. A file is read only if its size
 * is unchanged but its modification time is not.
 * @param file the output, as the user named it
 */
export async function changesSince(file: string, { inputs, end }: RunRecord): Promise<string[]> {
  const ofFile = end === undefined ? [] : await changesOf(await recordedOutput(file, end));
  const ofInputs: Difference[] = [];
  for (const input of inputs) ofInputs.push(...(await changesOf(input)));
  const [own] = ofFile;
  return [
    ...(own === undefined ? [] : [`${file} was changed after it was written: ${changeText(own)}.`]),
    ...(ofInputs.length === 0 ? [] : [`Changed since ${file} was scored: ${listed(ofInputs)}.`]),
  ];
}

/** The record holds modification times of inputs only. An output last written before the run ended is unchanged. */
async function recordedOutput(name: string, { bytes, sha256: digest, time }: RunEnd): Promise<InputRecord> {
  const modified = (await versionAt(name))?.modified;
  const ended = Date.parse(time);
  const isAsLeft = modified !== undefined && ended > 0 && modified <= BigInt(ended) * NANOSECONDS_OF_MILLISECOND;
  return { name, bytes, sha256: digest, ...(isAsLeft && { modified: String(modified) }) };
}

async function changesOf(was: InputRecord): Promise<Difference[]> {
  const now = await present(was);
  return now === undefined ? [] : inputDifferences([was], [now]);
}

/** The current state of the file of this name; `undefined` if it does not exist or cannot be read. */
async function present(was: InputRecord): Promise<InputRecord | undefined> {
  const version = was.bytes === undefined ? undefined : await versionAt(was.name);
  if (version === undefined) return undefined;
  const now = { name: was.name, bytes: version.size, modified: String(version.modified) };
  if (now.bytes !== was.bytes || now.modified === was.modified || was.sha256 === undefined) return now;
  const digest = await sha256(was.name).catch(() => undefined);
  return digest === undefined ? undefined : { ...now, sha256: digest };
}

function listed(changes: readonly Difference[]): string {
  const shown = changes.slice(0, MOST_NAMED).map((change) => `${change.name} (${changeText(change)})`);
  const more = changes.length > MOST_NAMED ? ` and ${changes.length - MOST_NAMED} more` : '';
  return `${shown.join(', ')}${more}`;
}

function changeText({ before, now }: Difference): string {
  return `${before} -> ${now}`;
}
