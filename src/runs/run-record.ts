import { StarlingError } from '../contracts/errors.js';
import type { ErrorCode } from '../contracts/exit-codes.js';
import type { ScoreIdentity } from '../contracts/identity.js';
import type { Keep } from '../contracts/ranking.js';
import { fileTextIfAny } from '../json/file-text.js';
import { parsedJson } from '../json/json-file.js';
import { JsonNode } from '../json/json-node.js';
import { replaceFile } from '../write/files/replaced-file.js';

/** Appended to the name of the output file. */
const ENDING = '.run.json';
const REMEDY = 'put the record back, or start anew with --force and without --resume';
const FORMAT = 1;

/** One input of a run. */
export interface InputRecord {
  /** As the user gave it. */
  name: string;
  /** Size in bytes, and modification time in nanoseconds; absent if the input is not a file. A file from an address has no time. */
  bytes?: number;
  modified?: string;
  /** In hex; absent until it has been computed. */
  sha256?: string;
}

/** The requested settings that the rows and bytes of the output depend on. An absent one was not requested. */
export interface AskedFor {
  /** `temperature` is that of the probabilities which the rankings have. */
  output: { format: string; keep: Keep; temperature?: number };
  choice: {
    limit?: number;
    sample?: number;
    seed?: number;
    where?: string;
    /** `3/64` for the fourth of 64 shards. */
    shard?: string;
  };
  rows: {
    input_format?: string;
    shape?: string;
    prompt?: string;
    system?: string;
    answers?: string;
    answer_text?: string;
    model?: string;
    label?: string;
    lower_is_better?: boolean;
    id?: string;
    source?: string;
    prompt_format?: string;
    group_by?: string;
    unsorted?: boolean;
  };
  bad_rows: BadRows;
}

/** The treatment of bad rows, and the limits above which a row is bad. */
export interface BadRows {
  on_error: string;
  rejects: boolean;
  max_line_bytes: number;
  max_nesting: number;
  max_answers: number;
  max_unpacked_bytes: number;
}

/** One start of a run. Its figures are those of the last update. */
export interface Attempt {
  /** ISO 8601, UTC. */
  start: string;
  host: string;
  seconds: number;
  /** Finished rows, and requested tokens, with shared ones counted once. */
  rows: number;
  tokens: number;
  /** The processor's features, if `--mixed-machines` allowed this attempt to continue with other kernels. */
  processor?: readonly string[];
}

/** The content of FILE.run.json. */
export interface RunRecord {
  run_format: typeof FORMAT;
  identity: ScoreIdentity;
  asked: AskedFor;
  inputs: readonly InputRecord[];
  attempts: readonly Attempt[];
  /** Names of the files that the command writes beside FILE. A resumed run may replace them. */
  reports?: readonly string[];
  /** Absent until all rows are processed and written. */
  end?: RunEnd;
}

/** How a run ended. Once the record has this, FILE is complete as soon as it has its name. */
export interface RunEnd {
  /** ISO 8601, UTC. */
  time: string;
  /** Number of rankings in FILE. */
  rows: number;
  /** Number of rows without a ranking, by error code. */
  skipped: Readonly<Partial<Record<ErrorCode, number>>>;
  /** Size of FILE, or of what was sent to a pipe. */
  bytes: number;
  sha256: string;
  /** The file of `--rejects`, if there is one. */
  rejects?: { bytes: number; sha256: string };
  /** Sum over all attempts. */
  tokens: number;
  seconds: number;
}

/** Whether a file has the name of a run record. */
export function isRecordName(name: string): boolean {
  return name.endsWith(ENDING);
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
 * Writes a record atomically: a reader finds the previous record or this one, never a part.
 * @param isLasting whether to wait until it is on the disk
 * @throws Error of the system
 */
export async function writeRunRecord(path: string, record: RunRecord, { isLasting = false } = {}): Promise<void> {
  await replaceFile(path, `${JSON.stringify(record, null, 2)}\n`, { isLasting });
}
