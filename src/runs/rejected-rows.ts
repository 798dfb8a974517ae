import { StarlingError } from '../contracts/errors.js';
import type { ErrorCode } from '../contracts/exit-codes.js';
import { fileLines, isWholeLine } from '../write/files/file-lines.js';
import { partialOf } from '../write/files/new-file.js';
import type { Output } from '../write/files/output.js';

/**
 * The codes of the rows that an earlier run has written to `--rejects`, by their index. What was not written to its end is cut.
 * @throws StarlingError E_RESUME for what is no file of rejects
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
    // The same is said of it as of other JSON.
  }
  const problem =
    'this line is no rejected row; cut the file before it, then --resume, or start anew with --force and without --resume';
  throw new StarlingError('E_RESUME', problem, { file, line: number });
}
