import type { Check } from '../contracts/check.js';

export interface Truncation {
  maxLength: number;
  /** Infinite if the model has no limit of them. */
  maxPositions: number;
  /** Whether prompt and answer are two texts, each cut at its end. */
  isPair: boolean;
  /** Ids of a text as the model gets them, and of the same text with much more before it. */
  short: ArrayLike<number>;
  long: ArrayLike<number>;
  /** `undefined` if no BOS is put before a text. */
  bos: number | undefined;
}

/** Whether a text that is too long loses its beginning, keeps its end (of a pair, the token that closes it), and keeps BOS if it had one. */
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
