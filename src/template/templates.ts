import { type Place, StarlingError } from '../contracts/errors.js';
import { nearest } from '../contracts/nearest.js';
import type { Turn } from '../contracts/row.js';
import type { Template } from '../contracts/text.js';
import type { ChatFormat } from './chat-format.js';
import { type ChatTemplateOptions, chatTemplate } from './chat-template.js';
import { chatml } from './chatml.js';
import { llama2Card, llama2Nectar, llama2Ppo } from './llama-2.js';
import { llama3 } from './llama-3.js';
import { openchat } from './openchat.js';
import { pair } from './pair.js';
import { strip } from './strip.js';
import type { ChatTemplate } from './variables.js';

export interface TemplateOptions {
  name: string;
  /** The system turn of conversations that have none of their own; `null` for none. */
  system: string | null;
  /** Whether every turn's text and the answer are stripped as by Python's `str.strip`. */
  trim: boolean;
  /** The file and field that name the template, where that is no flag; for errors. */
  place?: Place;
}

/** What reward.json says in place of a template's name where the model's own chat template makes its texts. */
export const CHAT_TEMPLATE = 'chat-template';

const SEPARATOR = '[SEP]';

/** What BERT, DeBERTa and ELECTRA read, and RoBERTa. */
const PAIRS: ReadonlyMap<string, ChatFormat> = new Map([
  ['pair', pair([SEPARATOR], SEPARATOR)],
  ['pair-roberta', pair(['</s>', '</s>'], '</s>')],
]);

const FORMATS: ReadonlyMap<string, ChatFormat> = new Map([
  ['chatml', chatml],
  ['openchat-3.5', openchat('GPT4 Correct')],
  ['openchat-3.5-code', openchat('Code')],
  ['llama-2-card', llama2Card],
  ['llama-2-nectar', llama2Nectar],
  ['llama-2-ppo', llama2Ppo],
  ['llama-3', llama3],
  ...PAIRS,
]);

/** Of the formats here; `CHAT_TEMPLATE` instead of a name is the model's own, see `readChatTemplate`. */
export const templateNames: readonly string[] = [...FORMATS.keys()];

/** The token after which a text's kind is the second, if the template is one for pairs of two kinds; RoBERTa's are of one. */
export function separatorOf({ name }: Template): string | undefined {
  return name === 'pair' ? SEPARATOR : undefined;
}

/**
 * A template whose `prompt` throws a RowError (E_PROMPT) for a conversation that its format cannot write.
 * @throws StarlingError E_TEMPLATE naming the known templates, and the nearest by spelling if one is near, or when there is no place for a system turn
 */
export function makeTemplate(options: TemplateOptions): Template {
  const format = FORMATS.get(options.name);
  if (format === undefined) throw unknownTemplate(options.name, options.place);
  // Else it would be every row that fails.
  if (PAIRS.has(options.name) && options.system !== null) throw systemInPair(options);
  return written(format, options);
}

/** A template that is the model's own, or anybody's. @throws as `chatTemplate` does; its `answer` throws what `prompt` of others does */
export function makeChatTemplate(
  template: ChatTemplate,
  { system, trim, ...options }: Omit<TemplateOptions, 'name'> & ChatTemplateOptions,
): Template {
  return written(chatTemplate(template, options), { name: CHAT_TEMPLATE, system, trim });
}

function written(format: ChatFormat, { name, system, trim }: TemplateOptions): Template {
  const words = trim ? strip : (text: string) => text;
  const turns = (conversation: readonly Turn[]) =>
    withSystem(conversation, system).map(({ role, text }) => ({ role, text: words(text) }));
  return {
    name,
    isPair: PAIRS.has(name),
    prompt: (conversation) => format.prompt(turns(conversation)),
    answer: (text, conversation) => format.answer(words(text), turns(conversation)),
  };
}

function withSystem(conversation: readonly Turn[], system: string | null): readonly Turn[] {
  if (system === null || conversation.some(({ role }) => role === 'system')) return conversation;
  return [{ role: 'system', text: system }, ...conversation];
}

function systemInPair({ name, place }: TemplateOptions): StarlingError {
  const problem = `the template ${name} joins a prompt and an answer and has no place for a system turn`;
  const remedy = 'drop --system (or "system" of reward.json), or choose another --template';
  return new StarlingError('E_TEMPLATE', `${problem}; ${remedy}`, { file: place?.file });
}

function unknownTemplate(name: string, place?: Place): StarlingError {
  const known = [...templateNames, CHAT_TEMPLATE];
  const near = nearest(name, known);
  const meant = near === undefined ? '.' : `; did you mean ${near}?`;
  const message = `there is no template "${name}"${meant} Known templates: ${known.join(', ')}`;
  return new StarlingError('E_TEMPLATE', message, place);
}
