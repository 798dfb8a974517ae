import { isObject } from '../json/json-object.js';
import type { Watch } from './watch.js';

/** Bytes. A page of 1,000 files has some 300 kB. */
const MOST_BYTES = 16 * 2 ** 20;

/**
 * The JSON that the hub answered a question with, whole.
 * @param nonsense throws the error for what is no such answer
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

/** A page of what it lists. */
export function isPage(value: unknown): boolean {
  return Array.isArray(value) && value.every(isObject);
}
