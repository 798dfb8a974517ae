import { RowError } from '../../contracts/errors.js';
import type { Turn } from '../../contracts/row.js';
import type { RowPlace } from '../records/row-place.js';

const HUMAN = '\n\nHuman:';
const ASSISTANT = '\n\nAssistant:';

/** How the text of a prompt is read: as a dialogue, as one user turn, or (`auto`) as a dialogue if it has the markers of one. */
export const PROMPT_FORMATS = ['auto', 'dialogue', 'text'] as const;

export type PromptFormat = (typeof PROMPT_FORMATS)[number];

/**
 * The turns of a prompt in Nectar's form: "\n\nHuman: a\n\nAssistant: b\n\nHuman: c\n\nAssistant:" is user a, assistant b, user c. One
 * space after a marker belongs to the marker. All other white space is kept, as templates decide on trimming. As in the data that reward
 * models were trained on, an assistant turn without text is dropped, and only the first "\n\nAssistant:" after a "\n\nHuman:" starts a
 * turn. `auto` reads a prompt without markers, or one that `isMarkedText` accepts, as one verbatim user turn.
 * @throws RowError E_PROMPT if the prompt has markers but is not such a dialogue, as any reading would invent or lose a turn; in the format
 * `dialogue` also if it has no markers
 */
export function dialogueTurns(prompt: string, field: string, place: RowPlace, format: PromptFormat = 'auto'): Turn[] {
  const isText = format === 'auto' && (!hasMarker(prompt) || isMarkedText(prompt));
  if (format === 'text' || isText) return [{ role: 'user', text: prompt }];
  const [before, ...segments] = `\n\n${prompt.trimStart()}`.split(HUMAN);
  if (before !== '') throw noDialoguePrompt(beginning(prompt), field, place);
  const turns = segments.flatMap(segmentTurns);
  if (turns.at(-1)?.role === 'assistant' && !prompt.trimEnd().endsWith(ASSISTANT)) {
    throw noDialoguePrompt('it ends with an assistant turn, where the answers belong', field, place);
  }
  return turns;
}

function hasMarker(prompt: string): boolean {
  return prompt.includes(HUMAN) || prompt.includes(ASSISTANT);
}

/**
 * Whether a prompt is certainly plain text although it contains "\n\nAssistant:". A dialogue would have a user turn before, and a prompt
 * that ends with the marker expects an answer.
 */
export function isMarkedText(prompt: string): boolean {
  if (!prompt.includes(ASSISTANT) || prompt.includes(HUMAN) || isDialogue(prompt)) return false;
  return !`\n\n${prompt.trimStart()}`.startsWith(ASSISTANT) && !prompt.trimEnd().endsWith(ASSISTANT);
}

function beginning(prompt: string): string {
  if (!hasMarker(prompt)) return 'it has no "\\n\\nHuman:"';
  return 'it has "\\n\\nHuman:" or "\\n\\nAssistant:" inside but does not begin with "\\n\\nHuman:"';
}

/** The turns between two "\n\nHuman:". */
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
  return notDialogue('prompt', what, '--prompt-format text reads each prompt as one user turn', field, place);
}

function notDialogue(whole: string, what: string, remedy: string, field: string, place: RowPlace): RowError {
  const message = `the ${whole} is not a dialogue: ${what}; expected "\\n\\nHuman: …\\n\\nAssistant:"; ${remedy}, or give a list of turns, [{"role": "user", "content": …}]`;
  return new RowError('E_PROMPT', message, { ...place, field });
}

/** A transcript, divided before its last reply: the prompt in dialogue form, and the reply. */
export interface Transcript {
  prompt: string;
  reply: string;
}

/**
 * Divides "\n\nHuman: a\n\nAssistant: b" before b. The reply is the text after the first "\n\nAssistant:" after the last "\n\nHuman:".
 * @throws RowError E_PROMPT if there is no such marker
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

/** Whether a text begins like a dialogue in Nectar's form. */
export function isDialogue(text: string): boolean {
  return `\n\n${text.trimStart()}`.startsWith(HUMAN);
}
