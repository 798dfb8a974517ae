import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { StarlingError } from '../contracts/errors.js';
import { fileTextIfAny } from '../json/file-text.js';
import { isObject } from '../json/json-object.js';
import { tokenizerAddsBos } from './bos.js';
import { checkpointJson } from './checkpoint-json.js';
import { CHAT_TEMPLATE_FILE } from './files.js';
import { tokenSpelling } from './token-spelling.js';

const SENTENCE_PIECE = 'tokenizer.model';

/** Ids that an error names. */
const NAMED = 3;

/** What a checkpoint's tokenizer says of itself. */
export interface TokenizerFacts {
  /** Whether it sets BOS before every text. */
  addsBos: boolean;
  /** Ids of BOS and of the token for what it cannot spell, if it has them. */
  bosId?: number;
  unkId?: number;
  /** What stands where its chat template is, if it has one. */
  chatTemplate?: string;
  /** Ids of all that it can give, by spelling. */
  ids: ReadonlyMap<string, number>;
}

/**
 * Reads tokenizer.json and tokenizer_config.json as transformers does: `add_bos_token` is stronger than the post-processor.
 * @param templateFile a chat template in place of its own
 * @throws StarlingError E_CHECKPOINT when one is missing or no JSON object, E_NO_INPUT when there is no `templateFile`
 */
export async function tokenizerFacts(folder: string, templateFile?: string): Promise<TokenizerFacts> {
  await checkTokenizer(folder);
  const tokenizer = await checkpointJson(join(folder, 'tokenizer.json'));
  const config = await checkpointJson(join(folder, 'tokenizer_config.json'));
  const bos = tokenSpelling(config.bos_token) ?? tokenSpelling(config.cls_token);
  const unk = tokenSpelling(config.unk_token) ?? tokenSpelling(field(tokenizer.model, 'unk_token'));
  const ids = idsOf(tokenizer);
  return {
    addsBos: tokenizerAddsBos(tokenizer.post_processor, config.add_bos_token, bos),
    bosId: bos === undefined ? undefined : ids.get(bos),
    unkId: unk === undefined ? undefined : ids.get(unk),
    chatTemplate: await chatTemplate(folder, config, templateFile),
    ids,
  };
}

/**
 * Stops where texts could have tokens that the model has no row for. More rows than tokens are usual: they are padded to a round number.
 * @param rows of the embedding
 * @throws StarlingError E_CHECKPOINT naming them
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

/** The vocabulary, spelling -> id in BPE and WordPiece, a list of [spelling, score] in Unigram, and the added tokens. */
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

/** SentencePiece's own file is a protocol buffer, which transformers turns into tokenizer.json. */
async function checkTokenizer(folder: string): Promise<void> {
  const names = await readdir(folder);
  if (names.includes('tokenizer.json') || !names.includes(SENTENCE_PIECE)) return;
  // The folder's name stays out of it: it is someone else's, and this is pasted into a shell.
  const remedy = `pip install transformers sentencepiece protobuf; python -c "import sys; from transformers import AutoTokenizer; AutoTokenizer.from_pretrained(sys.argv[1]).save_pretrained('tokenizer')" CHECKPOINT; then convert with --base ./tokenizer`;
  const problem = `there is only SentencePiece's file and no tokenizer.json; make one: ${remedy}`;
  throw new StarlingError('E_CHECKPOINT', problem, { file: join(folder, SENTENCE_PIECE) });
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
  const own = join(folder, CHAT_TEMPLATE_FILE);
  const beside = await fileTextIfAny(own).catch((cause: unknown) => {
    throw new StarlingError('E_CHECKPOINT', 'a file of the checkpoint cannot be read', { file: own }, cause);
  });
  return beside ?? (config.chat_template == null ? undefined : JSON.stringify(config.chat_template));
}

function field(value: unknown, name: string): unknown {
  return isObject(value) && Object.hasOwn(value, name) ? value[name] : undefined;
}
