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
  /** The system turn for conversations without one; `null` for none. */
  system: string | null;
  /** Whether the texts of all turns and the answer are stripped like Python's `str.strip`. */
  trim: boolean;
  /** The file and field that name the template, unless a flag does; for errors. */
  place?: Place;
}

/** The template name in reward.json for the model's own chat template. */
export const CHAT_TEMPLATE = 'chat-template';

const SEPARATOR = '[SEP]';

/** Templates of pairs: `pair` for BERT, DeBERTa and ELECTRA, `pair-roberta` for RoBERTa. */
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

/** Names of the built-in templates. `CHAT_TEMPLATE` is not one of them: it names the model's own, see `readChatTemplate`. */
export const templateNames: readonly string[] = [...FORMATS.keys()];

/** The token after which `token_type_ids` change to 1, if the template has two types of tokens. RoBERTa has one type. */
export function separatorOf({ name }: Template): string | undefined {
  return name === 'pair' ? SEPARATOR : undefined;
}

/**
 * Makes a built-in template. Its `prompt` throws a RowError E_PROMPT for a conversation that its format cannot render.
 * @throws StarlingError E_TEMPLATE when the name is unknown, or a template of pairs is combined with a system turn
 */
export function makeTemplate(options: TemplateOptions): Template {
  const format = FORMATS.get(options.name);
  if (format === undefined) throw unknownTemplate(options.name, options.place);
  // Refused here, as otherwise every row would fail.
  if (PAIRS.has(options.name) && options.system !== null) throw systemInPair(options);
  return written(format, options);
}

/**
 * Makes a template from a chat template in Jinja, the model's own or another. Its `answer` throws a RowError E_PROMPT for a conversation
 * that the chat template refuses.
 * @throws StarlingError E_TEMPLATE as `chatTemplate`
 */
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
