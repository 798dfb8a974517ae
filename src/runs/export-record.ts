import type { ScoredBy } from '../contracts/agreement.js';
import type { ErrorCode } from '../contracts/exit-codes.js';
import { replaceFile } from '../write/files/replaced-file.js';
import { writeError } from '../write/files/write-all.js';
import type { InputRecord } from './run-record.js';

/** The content of FILE.run.json beside exported training data: what made it. */
export interface ExportRecord {
  export_format: 1;
  /** Name and version of this tool. */
  tool: string;
  /** The format that trainers read, and that of the file. */
  to: string;
  format: string;
  /** All settings that the examples depend on. */
  asked: Readonly<Record<string, unknown>>;
  /** What scored the rankings, each once; empty if they do not say. */
  scored_by: readonly ScoredBy[];
  scored_by_notes?: readonly string[];
  rankings: readonly InputRecord[];
  /** The inputs of `--rows`; absent if the rankings carry their texts. */
  rows?: readonly InputRecord[];
  end: ExportEnd;
}

export interface ExportEnd {
  /** ISO 8601, UTC. */
  time: string;
  seconds: number;
  rankings: number;
  examples: number;
  /** What was left out, by reason. */
  left_out: Readonly<Record<string, number>>;
  /** Rankings with an error, by its code. */
  skipped: Readonly<Partial<Record<ErrorCode, number>>>;
  /** Of FILE, or of what was sent to a pipe. */
  bytes: number;
  sha256: string;
}

/** Writes a record atomically, and waits until it is on the disk. @throws StarlingError E_WRITE */
export async function writeExportRecord(path: string, record: ExportRecord): Promise<void> {
  try {
    await replaceFile(path, `${JSON.stringify(record, null, 2)}\n`, { isLasting: true });
  } catch (cause) {
    throw writeError(cause, path);
  }
}
