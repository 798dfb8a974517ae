import type { Evaluation } from '../../contracts/agreement.js';
import type { Console } from './console/console.js';

/** Shows what speaks against the models that rankings name, and returns it as the JSON of `evaluate` and `compare` has it. */
export function shownNotes(notes: readonly string[], console: Console): Pick<Evaluation, 'scored_by_notes'> {
  for (const note of notes) console.tell(note, { level: 'warning' });
  return notes.length === 0 ? {} : { scored_by_notes: notes };
}
