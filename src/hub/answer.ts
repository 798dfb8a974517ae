import { isObject } from '../json/json-object.js';
import type { Watch } from './watch.js';

/** Limit of an answer in bytes. A page of 1,000 files has some 300 kB. */
const MOST_BYTES = 16 * 2 ** 20;

/**
 * Reads the whole body of a JSON answer from the hub.
 * @param nonsense throws the error for an answer that is too long
 */
export async function answerText(
  { body }: Response,
  watch: Watch,
  nonsense: (found: string) => never,
): Promise<string> {
  const pieces: Uint8Array[] = [];
  let size = 0;
  for await (const piece of body ?? []) {
    watch.came(piece.length);
    size += piece.length;
    if (size > MOST_BYTES) nonsense(`an answer of more than ${MOST_BYTES / 2 ** 20} MiB`);
    pieces.push(piece);
  }
  return Buffer.concat(pieces).toString();
}

/** Whether a value is a page of a listing. */
export function isPage(value: unknown): boolean {
  return Array.isArray(value) && value.every(isObject);
}
