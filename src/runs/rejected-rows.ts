import { StarlingError } from '../contracts/errors.js';
import type { ErrorCode } from '../contracts/exit-codes.js';
import { fileLines, isWholeLine } from '../write/files/file-lines.js';
import { partialOf } from '../write/files/new-file.js';
import type { Output } from '../write/files/output.js';

/**
 * The error codes of the rows that an earlier run has written to `--rejects`, by index. An incomplete last line is cut off.
 * @throws StarlingError E_RESUME if the file is not a file of rejects
 */
export async function readRejected({ file, cut }: Output): Promise<ReadonlyMap<number, ErrorCode>> {
  const codes = new Map<number, ErrorCode>();
  if (file === undefined || cut === undefined) return codes;
  const path = partialOf(file);
  let [bytes, number] = [0, 0];
  for await (const line of fileLines(path)) {
    if (!isWholeLine(line)) break;
    const { index, code } = rejectOf(line, path, ++number);
    codes.set(index, code);
    bytes += line.length;
  }
  await cut(bytes);
  return codes;
}

function rejectOf(line: Buffer, file: string, number: number): { index: number; code: ErrorCode } {
  try {
    const { index, code } = JSON.parse(line.toString());
    if (Number.isSafeInteger(index) && typeof code === 'string') return { index, code: code as ErrorCode };
  } catch {
    // Gets the same message as other JSON.
  }
  const problem =
    'this line is no rejected row; cut the file before it, then --resume, or start anew with --force and without --resume';
  throw new StarlingError('E_RESUME', problem, { file, line: number });
}
