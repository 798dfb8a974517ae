import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { StarlingError } from '../contracts/errors.js';
import { fileTextIfAny, type ReadText } from '../json/file-text.js';
import { type JsonErrors, readJsonObject } from '../json/json-file.js';
import { isObject } from '../json/json-object.js';
import type { ChatTemplate } from '../template/variables.js';
import { CHAT_TEMPLATE_FILE } from './files.js';
import { tokenSpelling } from './token-spelling.js';

const BROKEN = 'a file of the tokenizer is missing or not valid JSON';
const ERRORS: JsonErrors = { code: 'E_MODEL', absent: BROKEN, unreadable: () => BROKEN, invalid: BROKEN };

/**
 * Reads the chat template of a tokenizer: chat_template.jinja, else `chat_template` of tokenizer_config.json. If that is a list, the
 * template named `default` is taken. Source: `chat_template` of PreTrainedTokenizerBase in transformers.
 * @param own a file that replaces the tokenizer's template
 * @throws StarlingError E_TEMPLATE if there is none, E_NO_INPUT if `own` is missing, E_MODEL for a broken tokenizer_config.json
 */
export async function readChatTemplate(
  folder: string,
  own?: string,
  read: ReadText = fileTextIfAny,
): Promise<ChatTemplate> {
  const config = await readJsonObject(join(folder, 'tokenizer_config.json'), ERRORS, undefined, read);
  const tokens = Object.fromEntries(
    Object.entries(config).flatMap(([name, token]) => {
      const spelling = name.endsWith('_token') ? tokenSpelling(token) : undefined;
      return spelling === undefined ? [] : [[name, spelling]];
    }),
  );
  if (own !== undefined) return { source: await ownTemplate(own), file: own, tokens };
  const file = join(folder, CHAT_TEMPLATE_FILE);
  const source = await read(file).catch((cause: unknown) => {
    throw new StarlingError('E_MODEL', 'a file of the tokenizer cannot be read', { file }, cause);
  });
  if (source !== undefined) return { source, file, tokens };
  return { source: configured(config.chat_template, folder), file: join(folder, 'tokenizer_config.json'), tokens };
}

async function ownTemplate(file: string): Promise<string> {
  return readFile(file, 'utf8').catch((cause: unknown) => {
    throw new StarlingError('E_NO_INPUT', 'this template cannot be read', { file }, cause);
  });
}

function configured(template: unknown, folder: string): string {
  const named: unknown[] = Array.isArray(template) ? template : [];
  const chosen = named.find((one) => isObject(one) && one.name === 'default') ?? { template };
  if (isObject(chosen) && typeof chosen.template === 'string') return chosen.template;
  const problem = `this model has no chat template of its own; choose a --template, or pass a file with --template-file`;
  throw new StarlingError('E_TEMPLATE', problem, { file: folder });
}
