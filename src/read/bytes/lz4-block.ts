const SHORTEST_MATCH = 4;
const LONG = 15;
/** From this length on, a native copy is faster than a loop. */
const NATIVE_COPY = 32;

/**
 * Unpacks an LZ4 block into `target` from `start` on. It never reads or writes out of bounds.
 * @param first matches must not begin before this position of `target`
 * @returns the end of the unpacked bytes in `target`; `undefined` if the block is damaged
 * @see https://github.com/lz4/lz4/blob/dev/doc/lz4_Block_format.md
 */
export function unpackLz4Block(
  block: Uint8Array,
  target: Uint8Array,
  start: number,
  first: number,
): number | undefined {
  let at = 0;
  let end = start;
  /** Adds the bytes that continue a length beyond the token. */
  const longer = (length: number) => {
    let step = 255;
    while (step === 255 && at < block.length) {
      step = block[at++];
      length += step;
    }
    return step === 255 ? Number.POSITIVE_INFINITY : length;
  };
  while (at < block.length) {
    const token = block[at++];
    const literals = token >> 4 === LONG ? longer(LONG) : token >> 4;
    if (literals > block.length - at || literals > target.length - end) return undefined;
    copyLiterals(block, at, target, end, literals);
    at += literals;
    end += literals;
    // Only the last sequence has no match.
    if (at === block.length) return end;
    if (at + 2 > block.length) return undefined;
    const distance = block[at] | (block[at + 1] << 8);
    at += 2;
    const match = SHORTEST_MATCH + ((token & LONG) === LONG ? longer(LONG) : token & LONG);
    if (distance === 0 || distance > end - first || match > target.length - end) return undefined;
    copyMatch(target, end - distance, end, match);
    end += match;
  }
  return undefined;
}

function copyLiterals(from: Uint8Array, at: number, to: Uint8Array, end: number, length: number): void {
  if (length >= NATIVE_COPY) to.set(from.subarray(at, at + length), end);
  else for (let i = 0; i < length; i++) to[end + i] = from[at + i];
}

/** A match may overlap the bytes it writes, which then repeat. */
function copyMatch(bytes: Uint8Array, from: number, to: number, length: number): void {
  if (length >= NATIVE_COPY && to - from >= length) bytes.copyWithin(to, from, from + length);
  else for (let i = 0; i < length; i++) bytes[to + i] = bytes[from + i];
}
