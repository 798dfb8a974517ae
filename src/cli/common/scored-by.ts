import type { Evaluation } from '../../contracts/agreement.js';
import type { ConsoleSettings } from './settings.js';
import { tell } from './tell.js';

/** Shows what speaks against the models that rankings name, and gives it as the JSON of `evaluate` and `compare` has it. */
export function toldNotes(notes: readonly string[], { quiet }: ConsoleSettings): Pick<Evaluation, 'scored_by_notes'> {
  if (!quiet) for (const note of notes) tell(note);
  return notes.length === 0 ? {} : { scored_by_notes: notes };
}
