import { createReadStream } from 'node:fs';

const PIECE_BYTES = 2 ** 20;
const NEWLINE = 0x0a;

/**
 * The lines of a file, each with its newline; what stands behind the last newline comes last. Lines end with a newline and nothing
 * else: Node's own readers would also end them within texts, at U+2028.
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

/** Whether a line of `fileLines` is whole: its newline is there, and no byte of it is one that was never written. */
export function isWholeLine(line: Buffer): boolean {
  return line.at(-1) === NEWLINE && !line.includes(0);
}
