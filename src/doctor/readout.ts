import type { Check } from '../types.js';

export interface Readout {
  readout: string;
  /** Of a whole text. */
  ids: ArrayLike<number>;
  /** Spellings of ids. */
  spelling(id: number): string | undefined;
  /** Ids of the special tokens that the template sets. */
  set: readonly number[];
}

/** Which token the reward is read at: the one that closes the answer's turn, or what a model has learnt to read is not there yet. */
export function readoutCheck({ readout, ids, spelling, set }: Readout): Check {
  const last = ids[ids.length - 1];
  const closes = set.includes(last);
  const token = `${spelling(last) ?? 'a token'} (id ${last})`;
  return {
    check: 'readout',
    verdict: closes ? 'ok' : 'warn',
    found: `${readout}; a text of ${ids.length} tokens ends with ${token}`,
    ...(!closes && {
      remedy: 'the template does not close the answer; choose the --template the model was trained with',
    }),
    details: { readout, position: ids.length - 1, id: last, token: spelling(last) ?? null },
  };
}
