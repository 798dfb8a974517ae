import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { StarlingError } from '../errors.js';
import { CHAT_TEMPLATE_FILE } from '../model-files.js';
import { isObject, readJson } from './json-file.js';

/** What a checkpoint's tokenizer says of itself. */
export interface TokenizerFacts {
  /** Whether it sets BOS before every text. */
  addsBos: boolean;
  /** Ids of BOS and of the token for what it cannot spell, if it has them. */
  bosId?: number;
  unkId?: number;
  /** What stands where its chat template is, if it has one. */
  chatTemplate?: string;
}

/**
 * Reads tokenizer.json and tokenizer_config.json as transformers does: `add_bos_token` is stronger than the post-processor.
 * @param templateFile a chat template in place of its own
 * @throws StarlingError E_CHECKPOINT when one is missing or no JSON object, E_NO_INPUT when there is no `templateFile`
 */
export async function tokenizerFacts(folder: string, templateFile?: string): Promise<TokenizerFacts> {
  const tokenizer = await readJson(join(folder, 'tokenizer.json'));
  const config = await readJson(join(folder, 'tokenizer_config.json'));
  const bos = spelling(config.bos_token) ?? spelling(config.cls_token);
  return {
    addsBos:
      typeof config.add_bos_token === 'boolean' ? config.add_bos_token : beginsWith(tokenizer.post_processor, bos),
    bosId: idOf(tokenizer, bos),
    unkId: idOf(tokenizer, spelling(config.unk_token) ?? spelling(field(tokenizer.model, 'unk_token'))),
    chatTemplate: await chatTemplate(folder, config, templateFile),
  };
}

async function chatTemplate(
  folder: string,
  config: Record<string, unknown>,
  file?: string,
): Promise<string | undefined> {
  if (file !== undefined) {
    return readFile(file, 'utf8').catch((cause: unknown) => {
      throw new StarlingError('E_NO_INPUT', 'this template cannot be read', { file }, cause);
    });
  }
  const beside = await readFile(join(folder, CHAT_TEMPLATE_FILE), 'utf8').catch(() => undefined);
  return beside ?? (config.chat_template == null ? undefined : JSON.stringify(config.chat_template));
}

/** Whether the post-processor, or one of a sequence, sets `bos` before a single text. */
function beginsWith(processor: unknown, bos: string | undefined): boolean {
  if (bos === undefined) return false;
  const inner = field(processor, 'processors');
  if (Array.isArray(inner)) return inner.some((one) => beginsWith(one, bos));
  // BertProcessing, RobertaProcessing.
  const cls = field(processor, 'cls');
  if (Array.isArray(cls)) return cls[0] === bos;
  const single = field(processor, 'single');
  return Array.isArray(single) && field(field(single[0], 'SpecialToken'), 'id') === bos;
}

function idOf(tokenizer: Record<string, unknown>, token: string | undefined): number | undefined {
  if (token === undefined) return undefined;
  const added = Array.isArray(tokenizer.added_tokens) ? tokenizer.added_tokens : [];
  const id =
    field(
      added.find((one) => field(one, 'content') === token),
      'id',
    ) ?? field(field(tokenizer.model, 'vocab'), token);
  return typeof id === 'number' ? id : undefined;
}

/** `"<s>"`, or in older files `{ "content": "<s>", … }`. */
function spelling(token: unknown): string | undefined {
  const content = field(token, 'content') ?? token;
  return typeof content === 'string' ? content : undefined;
}

function field(value: unknown, name: string): unknown {
  return isObject(value) && Object.hasOwn(value, name) ? value[name] : undefined;
}
