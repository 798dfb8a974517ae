import { isUtf8 } from 'node:buffer';

/**
 * Where the first sequence begins that is no UTF-8 (RFC 3629), in bytes from 0; `undefined` if all of it is valid.
 */
export function invalidUtf8At(bytes: Buffer): number | undefined {
  if (isUtf8(bytes)) return undefined;
  let at = 0;
  while (isUtf8(bytes.subarray(at, at + sequenceLength(bytes[at])))) at += sequenceLength(bytes[at]);
  return at;
}

/** How many bytes a sequence has by its first; for a byte that begins none, any number will do. */
function sequenceLength(first: number): number {
  if (first < 0x80) return 1;
  if (first < 0xe0) return 2;
  return first < 0xf0 ? 3 : 4;
}
