import type { Template } from '../../contracts/text.js';
import { Encoder } from '../../encode/encoder.js';
import { loadTokenizer, type TextTokenizer } from '../../encode/tokenizer-json/tokenizer.js';
import type { ReadText } from '../../json/file-text.js';
import { CHAT_TEMPLATE, makeChatTemplate, makeTemplate } from '../../template/templates.js';
import { readChatTemplate } from '../chat-template-file.js';
import type { TextOptions } from './text-options.js';

/**
 * Opens the first two stages of scoring, template and encoder, with the tokenizer of `folder`.
 * @throws StarlingError E_MODEL, E_TEMPLATE, E_NO_INPUT
 */
export async function openEncoder(folder: string, options: TextOptions): Promise<Encoder> {
  const tokenizer = await loadTokenizer(folder);
  return new Encoder(tokenizer, { ...options, template: await openTemplate(folder, tokenizer, options) });
}

/** @throws StarlingError E_TEMPLATE, E_NO_INPUT */
export async function openTemplate(
  folder: string,
  tokenizer: TextTokenizer,
  options: TextOptions,
  read?: ReadText,
): Promise<Template> {
  const { template: name, templateFile } = options;
  if (name !== CHAT_TEMPLATE && templateFile === undefined) return makeTemplate({ ...options, name });
  const chatTemplate = await readChatTemplate(folder, templateFile, read);
  return makeChatTemplate(chatTemplate, { ...options, specials: tokenizer.specials() });
}
