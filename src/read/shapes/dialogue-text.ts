import { RowError } from '../../contracts/errors.js';
import type { Turn } from '../../contracts/row.js';
import type { RowPlace } from '../records/row-place.js';

const HUMAN = '\n\nHuman:';
const ASSISTANT = '\n\nAssistant:';

/** How the text of a prompt is read: as a dialogue or as one user turn, or as whichever of the two it is. */
export const PROMPT_FORMATS = ['auto', 'dialogue', 'text'] as const;

export type PromptFormat = (typeof PROMPT_FORMATS)[number];

/**
 * The turns of a prompt in Nectar's form: "\n\nHuman: a\n\nAssistant: b\n\nHuman: c\n\nAssistant:" is user a, assistant b, user c.
 * One space after a marker belongs to the marker; all other white space stays, for templates to trim or not. As in the data that
 * reward models were trained on, an assistant turn without text is no turn, and only the first "\n\nAssistant:" after a
 * "\n\nHuman:" divides. `auto` takes a prompt without either marker for one user turn, verbatim, and `isMarkedText` as well.
 * Throws a RowError E_PROMPT if it has markers and is no such dialogue, for then any reading would invent or lose a turn, and in
 * the format `dialogue` if it has none.
 */
export function dialogueTurns(prompt: string, field: string, place: RowPlace, format: PromptFormat = 'auto'): Turn[] {
  const isText = format === 'auto' && (!hasMarker(prompt) || isMarkedText(prompt));
  if (format === 'text' || isText) return [{ role: 'user', text: prompt }];
  const [before, ...segments] = `\n\n${prompt.trimStart()}`.split(HUMAN);
  if (before !== '') throw noDialoguePrompt(beginning(prompt), field, place);
  const turns = segments.flatMap(segmentTurns);
  if (turns.at(-1)?.role === 'assistant' && !prompt.trimEnd().endsWith(ASSISTANT)) {
    throw noDialoguePrompt('it ends with what the assistant said, where the answers belong', field, place);
  }
  return turns;
}

function hasMarker(prompt: string): boolean {
  return prompt.includes(HUMAN) || prompt.includes(ASSISTANT);
}

/**
 * Whether a prompt is surely text although "\n\nAssistant:" stands in it: in a dialogue the user speaks too, and where it ends with
 * the marker an answer is to follow.
 */
export function isMarkedText(prompt: string): boolean {
  if (!prompt.includes(ASSISTANT) || prompt.includes(HUMAN) || isDialogue(prompt)) return false;
  return !`\n\n${prompt.trimStart()}`.startsWith(ASSISTANT) && !prompt.trimEnd().endsWith(ASSISTANT);
}

function beginning(prompt: string): string {
  if (!hasMarker(prompt)) return 'it has no "\\n\\nHuman:"';
  return 'it has "\\n\\nHuman:" or "\\n\\nAssistant:" inside but begins otherwise';
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

function noDialoguePrompt(what: string, field: string, place: RowPlace): RowError {
  return notDialogue('prompt', what, '--prompt-format text reads prompts as they are, a user turn each', field, place);
}

function notDialogue(whole: string, what: string, remedy: string, field: string, place: RowPlace): RowError {
  const message = `the ${whole} is no dialogue: ${what}; expected "\\n\\nHuman: …\\n\\nAssistant:"; ${remedy}, or give a list of turns, [{"role": "user", "content": …}]`;
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
  if (cut === -1) {
    const what = 'it has no "\\n\\nAssistant:" after the last "\\n\\nHuman:"';
    throw notDialogue('transcript', what, 'give the prompt in a field of its own', field, place);
  }
  const end = cut + ASSISTANT.length;
  return { prompt: text.slice(0, end), reply: textAfterMarker(text.slice(end)) };
}

/** Whether a text is a dialogue in Nectar's form, or a beginning of one. */
export function isDialogue(text: string): boolean {
  return `\n\n${text.trimStart()}`.startsWith(HUMAN);
}
