import { RowError } from '../../contracts/errors.js';
import type { Turn } from '../../contracts/row.js';

/** A conversation of user and assistant in turn, after at most one system turn. */
export interface Rounds {
  /** Empty if there is no system turn. */
  system: string;
  /** Earlier questions and replies. */
  history: readonly (readonly [user: string, assistant: string])[];
  /** The last question. */
  last: string;
}

/**
 * @param remedy names a format that holds any turns
 * @throws RowError E_PROMPT if the turns do not alternate or do not end with the user's
 */
export function roundsOf(conversation: readonly Turn[], remedy: string): Rounds {
  const [first, ...others] = conversation;
  const hasSystem = first?.role === 'system';
  const turns = hasSystem ? others : conversation;
  const misfit = turns.findIndex(({ role }, i) => role !== (i % 2 === 0 ? 'user' : 'assistant'));
  if (misfit !== -1 || turns.length % 2 === 0) {
    const at = misfit === -1 ? turns.length : misfit + 1;
    const problem = `turn ${at + Number(hasSystem)} is out of turn, expected user and assistant in turn and the user's at the end`;
    throw new RowError('E_PROMPT', `${problem}; ${remedy}`, { field: 'prompt' });
  }
  const history = turns
    .slice(0, -1)
    .flatMap(({ text }, i) => (i % 2 === 0 ? [[text, turns[i + 1].text] as const] : []));
  return { system: hasSystem ? first.text : '', history, last: turns[turns.length - 1].text };
}
