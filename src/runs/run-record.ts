import { StarlingError } from '../contracts/errors.js';
import type { ErrorCode } from '../contracts/exit-codes.js';
import type { ScoreIdentity } from '../contracts/identity.js';
import { fileTextIfAny } from '../json/file-text.js';
import { parsedJson } from '../json/json-file.js';
import { JsonNode } from '../json/json-node.js';
import { replaceFile } from '../write/files/replaced-file.js';

/** Behind the name of an output file. */
const ENDING = '.run.json';
const REMEDY = 'put the record back, or start anew with --force and without --resume';
const FORMAT = 1;

/** One input of a run. */
export interface InputRecord {
  /** As it was given. */
  name: string;
  /** Bytes, and the time of the last change in nanoseconds; absent for what is no file. */
  bytes?: number;
  modified?: string;
  /** In hex; absent until the file has been read for it. */
  sha256?: string;
}

/** What was asked for, as far as the rows and bytes of the output depend on it. What is absent was not asked for. */
export interface AskedFor {
  output: { format: string; keep: boolean };
  choice: { limit?: number; sample?: number; seed?: number; where?: string };
  rows: {
    input_format?: string;
    prompt?: string;
    answers?: string;
    label?: string;
    lower_is_better?: boolean;
    prompt_format?: string;
  };
  bad_rows: BadRows;
}

/** What becomes of bad rows, and what is too much in one. */
export interface BadRows {
  on_error: string;
  rejects: boolean;
  max_line_bytes: number;
  max_nesting: number;
  max_answers: number;
  max_unpacked_bytes: number;
}

/** One start of a run. Figures are those of its last sign of life. */
export interface Attempt {
  /** ISO 8601, UTC. */
  start: string;
  host: string;
  seconds: number;
  /** Rows that it brought to their end, and tokens that it asked for, shared ones counted once. */
  rows: number;
  tokens: number;
  /** Where `--mixed-machines` let it go on with other kernels: the processor's features. */
  processor?: readonly string[];
}

/** What stands in FILE.run.json. */
export interface RunRecord {
  run_format: typeof FORMAT;
  identity: ScoreIdentity;
  asked: AskedFor;
  inputs: readonly InputRecord[];
  attempts: readonly Attempt[];
  /** Files that the command writes beside FILE, as they were named. A run that goes on may replace them. */
  reports?: readonly string[];
  /** Absent until all rows are used and written. */
  end?: RunEnd;
}

/** How a run ended. With this in its record FILE is whole as soon as it has its name. */
export interface RunEnd {
  /** ISO 8601, UTC. */
  time: string;
  /** Rankings in FILE. */
  rows: number;
  /** Rows without a ranking, by the reason's code. */
  skipped: Readonly<Partial<Record<ErrorCode, number>>>;
  /** Of FILE, or of what went to a pipe. */
  bytes: number;
  sha256: string;
  /** Of the file of `--rejects`, where there is one. */
  rejects?: { bytes: number; sha256: string };
  /** Of all attempts. */
  tokens: number;
  seconds: number;
}

export function recordOf(file: string): string {
  return `${file}${ENDING}`;
}

/**
 * The record at this path; `undefined` where there is none.
 * @throws StarlingError E_RESUME if the file cannot be read or is no run record
 */
export async function readRunRecord(path: string): Promise<RunRecord | undefined> {
  const text = await fileTextIfAny(path).catch((cause: Error) => {
    throw new StarlingError('E_RESUME', `the run record cannot be read: ${cause.message}`, { file: path }, cause);
  });
  if (text === undefined) return undefined;
  const source = {
    file: path,
    code: 'E_RESUME',
    problem: `this is no run record of starling-rm; ${REMEDY}: `,
  } as const;
  const value = parsedJson(text, path, {
    code: source.code,
    invalid: `this is no run record, which is JSON; ${REMEDY}`,
  });
  const record = new JsonNode(source, '', value);
  record.at('run_format').oneOf([FORMAT]);
  for (const field of ['identity', 'asked']) record.at(field).object();
  for (const input of record.at('inputs').items()) input.at('name').text();
  for (const report of record.at('reports').items()) report.text();
  for (const attempt of record.at('attempts').items())
    for (const field of ['seconds', 'rows', 'tokens']) attempt.at(field).number();
  if (!record.at('end').absent) checkEnd(record.at('end'));
  return value as RunRecord;
}

function checkEnd(end: JsonNode): void {
  for (const field of ['rows', 'bytes']) end.at(field).count();
  end.at('sha256').text();
  for (const count of Object.keys(end.at('skipped').object())) end.at('skipped').at(count).count();
}

/**
 * Writes a record so that a reader finds the one before or this one, never a part.
 * @param isLasting whether it is on the disk when this resolves
 * @throws Error of the system
 */
export async function writeRunRecord(path: string, record: RunRecord, { isLasting = false } = {}): Promise<void> {
  await replaceFile(path, `${JSON.stringify(record, null, 2)}\n`, { isLasting });
}
