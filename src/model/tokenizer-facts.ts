import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { StarlingError } from '../contracts/errors.js';
import { fileTextIfAny, type ReadText } from '../json/file-text.js';
import { isObject } from '../json/json-object.js';
import { tokenizerAddsBos } from './bos.js';
import { checkpointJson } from './checkpoint-json.js';
import { CHAT_TEMPLATE_FILE } from './files.js';
import { tokenSpelling } from './token-spelling.js';

const SENTENCE_PIECE = 'tokenizer.model';

/** Maximum number of ids that an error lists. */
const NAMED = 3;

/** Settings of a checkpoint's tokenizer. */
export interface TokenizerFacts {
  /** Whether it sets BOS before every text. */
  addsBos: boolean;
  /** Ids of BOS and of the unknown token, if it has them. */
  bosId?: number;
  unkId?: number;
  /** The text of its chat template, or the JSON of `chat_template`; absent if it has none. */
  chatTemplate?: string;
  /** Token ids by spelling. */
  ids: ReadonlyMap<string, number>;
}

/**
 * Reads tokenizer.json and tokenizer_config.json. As in transformers, `add_bos_token` overrides the post-processor.
 * @param templateFile a file that replaces the tokenizer's chat template
 * @throws StarlingError E_CHECKPOINT if one is missing or not a JSON object, E_NO_INPUT if `templateFile` cannot be read
 */
export async function tokenizerFacts(
  folder: string,
  templateFile?: string,
  read: ReadText = fileTextIfAny,
): Promise<TokenizerFacts> {
  await checkTokenizer(folder);
  const tokenizer = await checkpointJson(join(folder, 'tokenizer.json'), undefined, read);
  const config = await checkpointJson(join(folder, 'tokenizer_config.json'), undefined, read);
  const bos = tokenSpelling(config.bos_token) ?? tokenSpelling(config.cls_token);
  const unk = tokenSpelling(config.unk_token) ?? tokenSpelling(field(tokenizer.model, 'unk_token'));
  const ids = idsOf(tokenizer);
  return {
    addsBos: tokenizerAddsBos(tokenizer.post_processor, config.add_bos_token, bos),
    bosId: bos === undefined ? undefined : ids.get(bos),
    unkId: unk === undefined ? undefined : ids.get(unk),
    chatTemplate: await chatTemplate(folder, config, read, templateFile),
    ids,
  };
}

/**
 * Checks that the embedding has a row for every token. More rows than tokens are fine: embeddings are often padded to a round number.
 * @param rows rows of the embedding
 * @throws StarlingError E_CHECKPOINT naming tokens without a row
 */
export function checkIds({ ids }: TokenizerFacts, rows: number, folder: string): void {
  const beyond = [...ids].filter(([, id]) => id >= rows).sort(([, a], [, b]) => a - b);
  if (beyond.length === 0) return;
  const named = beyond.slice(0, NAMED).map(([token, id]) => `${id} (${JSON.stringify(token)})`);
  const more = beyond.length > NAMED ? ` and ${beyond.length - NAMED} more` : '';
  const problem = `the embedding has ${rows} rows, ids 0 to ${rows - 1}, and the tokenizer gives ${named.join(', ')}${more}`;
  const remedy = 'take the tokenizer that the model was trained with, or the checkpoint whose embedding was resized';
  throw new StarlingError('E_CHECKPOINT', `${problem}; ${remedy}`, { file: join(folder, 'tokenizer.json') });
}

/**
 * Ids of the vocabulary and the added tokens. The vocabulary maps spelling -> id in BPE and WordPiece, and is a list of [spelling, score]
 * in Unigram.
 */
function idsOf({ model, added_tokens }: Record<string, unknown>): Map<string, number> {
  const ids = new Map<string, number>();
  const add = (token: unknown, id: unknown) => {
    if (typeof token === 'string' && typeof id === 'number') ids.set(token, id);
  };
  const vocabulary = field(model, 'vocab');
  if (Array.isArray(vocabulary)) for (const [id, entry] of vocabulary.entries()) add(entry?.[0], id);
  else if (isObject(vocabulary)) for (const [token, id] of Object.entries(vocabulary)) add(token, id);
  if (Array.isArray(added_tokens)) for (const one of added_tokens) add(field(one, 'content'), field(one, 'id'));
  return ids;
}

/** Refuses a checkpoint with only SentencePiece's own file, a protocol buffer. transformers converts it to tokenizer.json. */
async function checkTokenizer(folder: string): Promise<void> {
  const names = await readdir(folder);
  if (names.includes('tokenizer.json') || !names.includes(SENTENCE_PIECE)) return;
  // The command does not contain the folder's name, which is untrusted, as users paste the command into a shell.
  const remedy = `pip install transformers sentencepiece protobuf; python -c "import sys; from transformers import AutoTokenizer; AutoTokenizer.from_pretrained(sys.argv[1]).save_pretrained('tokenizer')" CHECKPOINT; then convert with --base ./tokenizer`;
  const problem = `the checkpoint has only SentencePiece's file and no tokenizer.json; make one: ${remedy}`;
  throw new StarlingError('E_CHECKPOINT', problem, { file: join(folder, SENTENCE_PIECE) });
}

async function chatTemplate(
  folder: string,
  config: Record<string, unknown>,
  read: ReadText,
  file?: string,
): Promise<string | undefined> {
  if (file !== undefined) {
    return readFile(file, 'utf8').catch((cause: unknown) => {
      throw new StarlingError('E_NO_INPUT', 'this template cannot be read', { file }, cause);
    });
  }
  const own = join(folder, CHAT_TEMPLATE_FILE);
  const beside = await read(own).catch((cause: unknown) => {
    throw new StarlingError('E_CHECKPOINT', 'a file of the checkpoint cannot be read', { file: own }, cause);
  });
  return beside ?? (config.chat_template == null ? undefined : JSON.stringify(config.chat_template));
}

function field(value: unknown, name: string): unknown {
  return isObject(value) && Object.hasOwn(value, name) ? value[name] : undefined;
}
