import { RowError } from '../../errors.js';
import type { Turn } from '../../types.js';
import type { RowPlace } from '../row-place.js';

const HUMAN = '\n\nHuman:';
const ASSISTANT = '\n\nAssistant:';

/**
 * The turns of a prompt in Nectar's form: "\n\nHuman: a\n\nAssistant: b\n\nHuman: c\n\nAssistant:" is user a, assistant b, user c.
 * One space after a marker belongs to the marker; all other white space stays, for templates to trim or not. As in the data that
 * reward models were trained on, an assistant turn without text is no turn, and only the first "\n\nAssistant:" after a
 * "\n\nHuman:" divides. A prompt without either marker is one user turn, verbatim.
 * Throws a RowError E_PROMPT if it has markers and is no such dialogue, for then any reading would invent or lose a turn.
 */
export function dialogueTurns(prompt: string, field: string, place: RowPlace): Turn[] {
  if (!prompt.includes(HUMAN) && !prompt.includes(ASSISTANT)) return [{ role: 'user', text: prompt }];
  const [before, ...segments] = `\n\n${prompt.trimStart()}`.split(HUMAN);
  if (before !== '')
    throw notDialogue('it has "\\n\\nHuman:" or "\\n\\nAssistant:" inside but begins otherwise', field, place);
  const turns = segments.flatMap(segmentTurns);
  if (turns.at(-1)?.role === 'assistant' && !prompt.trimEnd().endsWith(ASSISTANT)) {
    throw notDialogue('it ends with what the assistant said, where the answers belong', field, place);
  }
  return turns;
}

/** What stands between two "\n\nHuman:". */
function segmentTurns(segment: string): Turn[] {
  const cut = segment.indexOf(ASSISTANT);
  if (cut === -1) return [{ role: 'user', text: textAfterMarker(segment) }];
  const user: Turn = { role: 'user', text: textAfterMarker(segment.slice(0, cut)) };
  const said = segment.slice(cut + ASSISTANT.length);
  return said.trim() === '' ? [user] : [user, { role: 'assistant', text: textAfterMarker(said) }];
}

function textAfterMarker(text: string): string {
  return text.startsWith(' ') ? text.slice(1) : text;
}

function notDialogue(what: string, field: string, place: RowPlace): RowError {
  const message = `the prompt is no dialogue: ${what}; expected "\\n\\nHuman: …\\n\\nAssistant:", or give a list of turns, [{"role": "user", "content": …}]`;
  return new RowError('E_PROMPT', message, { ...place, field });
}

/** A whole transcript, cut where its last reply begins: the dialogue before it, as a prompt is, and the reply. */
export interface Transcript {
  prompt: string;
  reply: string;
}

/**
 * Cuts "\n\nHuman: a\n\nAssistant: b" before b. The reply is what follows the first "\n\nAssistant:" after the last "\n\nHuman:".
 * Throws a RowError E_PROMPT if there is no such place.
 */
export function transcriptIn(text: string, field: string, place: RowPlace): Transcript {
  const cut = text.indexOf(ASSISTANT, Math.max(0, text.lastIndexOf(HUMAN)));
  if (cut === -1) throw notDialogue('it has no "\\n\\nAssistant:" after the last "\\n\\nHuman:"', field, place);
  const end = cut + ASSISTANT.length;
  return { prompt: text.slice(0, end), reply: textAfterMarker(text.slice(end)) };
}

/** Whether a text is a dialogue in Nectar's form, or a beginning of one. */
export function isDialogue(text: string): boolean {
  return `\n\n${text.trimStart()}`.startsWith(HUMAN);
}
