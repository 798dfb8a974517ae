import { isUtf8 } from 'node:buffer';

/**
 * Byte offset of the first sequence that is not valid UTF-8 (RFC 3629); `undefined` if all are valid.
 */
export function invalidUtf8At(bytes: Buffer): number | undefined {
  if (isUtf8(bytes)) return undefined;
  let at = 0;
  while (isUtf8(bytes.subarray(at, at + sequenceLength(bytes[at])))) at += sequenceLength(bytes[at]);
  return at;
}

/** Length of a sequence by its first byte. The result for an invalid first byte does not matter. */
function sequenceLength(first: number): number {
  if (first < 0x80) return 1;
  if (first < 0xe0) return 2;
  return first < 0xf0 ? 3 : 4;
}
