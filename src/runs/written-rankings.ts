import { open } from 'node:fs/promises';
import { StarlingError } from '../contracts/errors.js';
import type { ErrorCode } from '../contracts/exit-codes.js';
import { fileLines, isWholeLine } from '../write/files/file-lines.js';
import type { LeftRankings } from '../write/ranking-writer.js';
import { RowSet } from './row-set.js';

/** A row's index ends within this many bytes from the start of its line. */
const HEAD_BYTES = 40;

/** The rankings that an earlier run has written. */
export interface WrittenRankings {
  /** Indexes of all rows that have a line. */
  rows: RowSet;
  /** Those of `rows` for which `--on-error emit` wrote an error. */
  errors: ReadonlyMap<number, ErrorCode>;
  /** The last row: its index, the byte offset of its text, and this text. */
  last?: { index: number; start: number; text: string };
}

/**
 * Reads FILE.partial and cuts off its incomplete end: a line without its newline, and everything from the first byte that never reached
 * the disk.
 * @param emits whether a line may be the error of its row
 * @throws StarlingError E_RESUME if the file is not the beginning of an output
 */
export async function readWritten(left: LeftRankings, emits: boolean): Promise<WrittenRankings> {
  const rows = new RowSet();
  const errors = new Map<number, ErrorCode>();
  let last: { index: number; start: number } | undefined;
  let [bytes, number] = [0, 0];
  for await (const line of fileLines(left.path)) {
    if (!isWholeLine(line)) break;
    number++;
    const start = bytes;
    bytes += line.length;
    if (number === 1 && left.format.header) {
      if (line.toString() !== left.format.header) throw foreign(left.path, number);
      left.adopt(line);
      continue;
    }
    const index = indexOf(line, left, number);
    if (last !== undefined && index < last.index) throw foreign(left.path, number);
    const code = emits ? errorOf(line) : undefined;
    if (code !== undefined) errors.set(index, code);
    else left.adopt(line);
    rows.add(index);
    if (index !== last?.index) last = { index, start };
  }
  await left.cut(bytes);
  return { rows, errors, ...(last && { last: { ...last, text: await textBetween(left.path, last.start, bytes) } }) };
}

function indexOf(line: Buffer, { format, path }: LeftRankings, number: number): number {
  const [, index] = format.index.exec(line.subarray(0, HEAD_BYTES).toString('latin1')) ?? [];
  if (index === undefined) throw foreign(path, number);
  return Number(index);
}

/** The error code of a line; `undefined` if the line is a ranking. */
function errorOf(line: Buffer): ErrorCode | undefined {
  const { error, scores } = JSON.parse(line.toString()) as { error?: { code: ErrorCode }; scores?: unknown };
  return scores === undefined ? error?.code : undefined;
}

async function textBetween(path: string, start: number, end: number): Promise<string> {
  const handle = await open(path);
  try {
    const { buffer } = await handle.read(Buffer.alloc(end - start), 0, end - start, start);
    return buffer.toString();
  } finally {
    await handle.close();
  }
}

function foreign(file: string, line: number): StarlingError {
  const problem =
    'this line is not what a run of these flags writes; cut the file before it, then --resume, or start anew with --force and without --resume';
  return new StarlingError('E_RESUME', problem, { file, line });
}
