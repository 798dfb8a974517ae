import type { Check } from '../contracts/check.js';

export interface ReadoutFacts {
  readout: string;
  /** Ids of a whole text. */
  ids: ArrayLike<number>;
  /** Spellings of ids. */
  spelling(id: number): string | undefined;
  /** Ids of the special tokens that the template sets. */
  set: readonly number[];
  /** The token after the text that the head reads instead, and its position. */
  after?: { id: number; position: number };
}

/** Checks which token the head reads. A text should end with the token that closes the answer's turn, as in training. */
export function readoutCheck({ readout, ids, spelling, set, after }: ReadoutFacts): Check {
  const last = ids[ids.length - 1];
  const closes = set.includes(last);
  const tokenText = (id: number) => `${spelling(id) ?? 'a token'} (id ${id})`;
  const then = after ? `, read at ${tokenText(after.id)} at position ${after.position}` : '';
  return {
    check: 'readout',
    verdict: closes ? 'ok' : 'warn',
    found: `${readout}; a text of ${ids.length} tokens ends with ${tokenText(last)}${then}`,
    ...(!closes && {
      remedy: 'the template does not close the answer; choose the --template the model was trained with',
    }),
    details: {
      readout,
      last_position: ids.length - 1,
      last_id: last,
      last_token: spelling(last) ?? null,
      read_at: after?.position ?? ids.length - 1,
    },
  };
}
