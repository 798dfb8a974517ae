const PRIMES = [0x9e3779b1, 0x85ebca77, 0xc2b2ae3d, 0x27d4eb2f, 0x165667b1] as const;
const STRIPE = 16;

/**
 * XXH32 with seed 0, the checksum of LZ4 frames, as an unsigned number.
 * @see https://github.com/Cyan4973/xxHash/blob/dev/doc/xxhash_spec.md
 */
export function xxh32(bytes: Uint8Array): number {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const striped = bytes.length - (bytes.length % STRIPE);
  let hash = (striped > 0 ? converged(view, striped) : PRIMES[4]) + bytes.length;
  let at = striped;
  for (; at + 4 <= bytes.length; at += 4) {
    hash = Math.imul(rotated(hash + Math.imul(view.getUint32(at, true), PRIMES[2]), 17), PRIMES[3]);
  }
  for (; at < bytes.length; at++) {
    hash = Math.imul(rotated(hash + Math.imul(bytes[at], PRIMES[4]), 11), PRIMES[0]);
  }
  return avalanched(hash);
}

/** Combines the four accumulators after all whole stripes. */
function converged(view: DataView, end: number): number {
  let a = (PRIMES[0] + PRIMES[1]) | 0;
  let b = PRIMES[1] | 0;
  let c = 0;
  let d = -PRIMES[0] | 0;
  for (let at = 0; at < end; at += STRIPE) {
    a = round(a, view.getUint32(at, true));
    b = round(b, view.getUint32(at + 4, true));
    c = round(c, view.getUint32(at + 8, true));
    d = round(d, view.getUint32(at + 12, true));
  }
  return rotated(a, 1) + rotated(b, 7) + rotated(c, 12) + rotated(d, 18);
}

function round(accumulator: number, lane: number): number {
  return Math.imul(rotated(accumulator + Math.imul(lane, PRIMES[1]), 13), PRIMES[0]);
}

function avalanched(hash: number): number {
  let mixed = Math.imul(hash ^ (hash >>> 15), PRIMES[1]);
  mixed = Math.imul(mixed ^ (mixed >>> 13), PRIMES[2]);
  return (mixed ^ (mixed >>> 16)) >>> 0;
}

function rotated(word: number, bits: number): number {
  return (word << bits) | (word >>> (32 - bits));
}
