import { RowError } from '../../contracts/errors.js';
import type { Turn } from '../../contracts/row.js';

const MARKERS = { user: '\n\nHuman:', assistant: '\n\nAssistant:' } as const;
const REMEDY = 'export this row in a format of messages, without --text';

/**
 * A conversation as text that ends where the answer begins: "\n\nHuman: a\n\nAssistant: b\n\nHuman: c\n\nAssistant:". A system turn comes
 * before the first marker, as in Anthropic's text completions.
 * @throws RowError E_PROMPT if a turn has a marker inside, so that it would become several turns, and for turns that such text cannot hold
 */
export function dialoguePrompt(conversation: readonly Turn[]): string {
  const texts = conversation.map(({ role, text }, i) => {
    if (hasMarker(text)) throw notDialogue(`turn ${i + 1} has "\\n\\nHuman:" or "\\n\\nAssistant:" inside`);
    const before = conversation[i - 1]?.role;
    if (role === 'system') {
      if (i > 0) throw notDialogue('a system turn comes after other turns');
      return text;
    }
    if (role === 'assistant' && before !== 'user') throw notDialogue('an assistant turn does not follow a user turn');
    return `${MARKERS[role]} ${text}`;
  });
  if (conversation.at(-1)?.role !== 'user') throw notDialogue('the prompt does not end with a user turn');
  return `${texts.join('')}${MARKERS.assistant}`;
}

/** An answer as it follows `dialoguePrompt`. @throws RowError E_ANSWER if it has a marker inside */
export function dialogueAnswer(text: string): string {
  if (!hasMarker(text)) return ` ${text}`;
  const problem = 'an answer has "\\n\\nHuman:" or "\\n\\nAssistant:" inside, which would be a turn of its own';
  throw new RowError('E_ANSWER', `${problem}; ${REMEDY}`, { field: 'answers' });
}

function hasMarker(text: string): boolean {
  return text.includes(MARKERS.user) || text.includes(MARKERS.assistant);
}

function notDialogue(why: string): RowError {
  return new RowError('E_PROMPT', `this is no dialogue in text: ${why}; ${REMEDY}`, { field: 'prompt' });
}
