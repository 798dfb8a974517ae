import { hash } from 'node:crypto';

/** Bytes of a draw: an integer that a double holds exactly. */
const DRAW_BYTES = 6;

/** A number from 0 to 1, without 1, that depends only on the seed and the name: the first 48 bits of the SHA-256 of `seed:name`. */
export function draw(seed: number, name: string): number {
  const digest = hash('sha256', `${seed}:${name}`, 'buffer');
  return digest.readUIntBE(0, DRAW_BYTES) / 2 ** (8 * DRAW_BYTES);
}
