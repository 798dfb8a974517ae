import { createReadStream } from 'node:fs';

const PIECE_BYTES = 2 ** 20;
const NEWLINE = 0x0a;

/**
 * The lines of a file, each with its newline. Data after the last newline come last. Only a newline ends a line: Node's own readers also
 * split at U+2028, which may occur within texts.
 */
export async function* fileLines(path: string): AsyncGenerator<Buffer> {
  let begun: Buffer[] = [];
  for await (const piece of createReadStream(path, { highWaterMark: PIECE_BYTES }) as AsyncIterable<Buffer>) {
    let start = 0;
    for (let end = piece.indexOf(NEWLINE); end !== -1; end = piece.indexOf(NEWLINE, start)) {
      const line = piece.subarray(start, end + 1);
      yield begun.length === 0 ? line : Buffer.concat([...begun, line]);
      begun = [];
      start = end + 1;
    }
    if (start < piece.length) begun.push(piece.subarray(start));
  }
  if (begun.length > 0) yield Buffer.concat(begun);
}

/** Whether a line of `fileLines` is complete: it has its newline, and all of its bytes were written. */
export function isWholeLine(line: Buffer): boolean {
  return line.at(-1) === NEWLINE && !line.includes(0);
}
