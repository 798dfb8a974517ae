import type { Check } from '../contracts/check.js';

export interface Truncation {
  maxLength: number;
  /** Infinity if the model has no limit. */
  maxPositions: number;
  /** Whether prompt and answer are two texts, each truncated at its end. */
  isPair: boolean;
  /** Ids of a text. */
  short: ArrayLike<number>;
  /** Ids of the same text with a long text before it, truncated. */
  long: ArrayLike<number>;
  /** `undefined` if no BOS is added. */
  bos: number | undefined;
}

/** Checks that a long text is truncated to the maximum length, keeps BOS if it had one, and keeps its end (of a pair, its last token). */
export function truncationCheck({ maxLength, maxPositions, isPair, short, long, bos }: Truncation): Check {
  const tail = isPair ? 1 : Math.min(short.length, maxLength) >> 1;
  const keepsEnd = Array.from({ length: tail }, (_, i) => i + 1).every(
    (i) => short[short.length - i] === long[long.length - i],
  );
  const keepsBos = short[0] !== bos || long[0] === bos;
  const isCut = long.length === maxLength;
  const positions = Number.isFinite(maxPositions) ? maxPositions : 'any number of';
  const right = keepsEnd && keepsBos && isCut;
  return {
    check: 'truncation',
    verdict: right ? 'ok' : 'fail',
    found: right
      ? `${isPair ? 'both texts of a pair at their ends' : 'on the left'} to ${maxLength} tokens (the model has ${positions} positions)`
      : `a text that is too long has ${long.length} tokens${keepsEnd ? '' : ', loses its end'}${keepsBos ? '' : ', loses BOS'}`,
    ...(!right && { remedy: 'this is a defect of starling-rm; please report it with the model' }),
    details: {
      side: isPair ? 'right' : 'left',
      max_length: maxLength,
      max_positions: maxPositions,
      keeps_end: keepsEnd,
      keeps_bos: keepsBos,
    },
  };
}
