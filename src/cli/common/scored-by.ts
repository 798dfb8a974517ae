import type { Evaluation } from '../../contracts/agreement.js';
import type { Console } from './console/console.js';

/** Prints the notes that cast doubt on the models that rankings name. Returns them as a field for the JSON of `evaluate` and `compare`. */
export function shownNotes(notes: readonly string[], console: Console): Pick<Evaluation, 'scored_by_notes'> {
  for (const note of notes) console.tell(note, { level: 'warning' });
  return notes.length === 0 ? {} : { scored_by_notes: notes };
}
