import { StarlingError } from '../errors.js';
import type { Template, Turn } from '../types.js';
import { chatml } from './chatml.js';
import type { Format } from './format.js';
import { llama2Card, llama2Nectar, llama2Ppo } from './llama-2.js';
import { nearest } from './nearest.js';
import { openchat } from './openchat.js';
import { pair } from './pair.js';
import { strip } from './strip.js';

export interface TemplateOptions {
  name: string;
  /** The system turn of conversations that have none of their own; `null` for none. */
  system: string | null;
  /** Whether every turn's text and the answer are stripped as by Python's `str.strip`. */
  trim: boolean;
}

/** What BERT, DeBERTa and ELECTRA read, and RoBERTa. */
const PAIRS: ReadonlyMap<string, Format> = new Map([
  ['pair', pair(['[SEP]'], '[SEP]')],
  ['pair-roberta', pair(['</s>', '</s>'], '</s>')],
]);

const FORMATS: ReadonlyMap<string, Format> = new Map([
  ['chatml', chatml],
  ['openchat-3.5', openchat('GPT4 Correct')],
  ['openchat-3.5-code', openchat('Code')],
  ['llama-2-card', llama2Card],
  ['llama-2-nectar', llama2Nectar],
  ['llama-2-ppo', llama2Ppo],
  ...PAIRS,
]);

export const templateNames: readonly string[] = [...FORMATS.keys()];

/** The token between prompt and answer, if the template is one for pairs of texts. */
export function separatorOf({ name, prompt }: Template): string | undefined {
  if (!PAIRS.has(name)) return undefined;
  return prompt([{ role: 'user', text: '' }]).flatMap((piece) => ('special' in piece ? [piece.special] : []))[0];
}

/**
 * A template whose `prompt` throws a RowError (E_PROMPT) for a conversation that its format cannot write.
 * @throws StarlingError E_TEMPLATE naming the known templates and the nearest by spelling.
 */
export function makeTemplate({ name, system, trim }: TemplateOptions): Template {
  const format = FORMATS.get(name);
  if (format === undefined) throw unknownTemplate(name);
  const words = trim ? strip : (text: string) => text;
  return {
    name,
    prompt: (conversation) => {
      const turns = withSystem(conversation, system);
      return format.prompt(turns.map(({ role, text }) => ({ role, text: words(text) })));
    },
    answer: (text) => format.answer(words(text)),
  };
}

function withSystem(conversation: readonly Turn[], system: string | null): readonly Turn[] {
  if (system === null || conversation.some(({ role }) => role === 'system')) return conversation;
  return [{ role: 'system', text: system }, ...conversation];
}

function unknownTemplate(name: string): StarlingError {
  const known = templateNames.join(', ');
  const message = `there is no template "${name}"; did you mean ${nearest(name, templateNames)}? Known templates: ${known}`;
  return new StarlingError('E_TEMPLATE', message);
}
