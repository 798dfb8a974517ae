import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Encoder } from '../../src/encode/encoder.js';
import { loadTokenizer, type TextTokenizer } from '../../src/encode/tokenizer-json/tokenizer.js';
import { makeTemplate, templateNames } from '../../src/template/templates.js';
import { MODEL } from '../root.js';
import { writeOpenchatTokenizer } from './openchat-tokenizer.js';
import { SMALL_VOCAB, smallAdded, writeSmallTokenizer } from './tokenizer-json/small-tokenizer.js';

const OPENCHAT_SPECIAL = ['<unk>', '<s>', '</s>', '<|end_of_turn|>', '<|pad_0|>'];
const MINI_SPECIAL = ['<|endoftext|>', '<|im_start|>', '<|im_end|>', '<repo_name>', '<empty_output>'];

function encoderOf(tokenizer: TextTokenizer, name: string, allowSpecial: boolean): Encoder {
  const template = makeTemplate({ name, system: null, trim: false });
  return new Encoder(tokenizer, { template, maxLength: 4096, addBos: false, allowSpecial });
}

/** The special ids in a row whose texts are all `text`. */
function specialIds(encoder: Encoder, text: string, special: ReadonlySet<number>): number[] {
  const conversation = (['system', 'user', 'assistant', 'user'] as const).map((role) => ({ role, text }));
  const [{ ids }] = encoder.encodeRow(conversation, [text]);
  return [...ids].filter((id) => special.has(id));
}

function checkTemplate(tokenizer: TextTokenizer, name: string, spellings: readonly string[]): void {
  const special = new Set(spellings.map((spelling) => tokenizer.token(spelling).id));
  const safe = encoderOf(tokenizer, name, false);
  const trusting = encoderOf(tokenizer, name, true);
  const honest = specialIds(safe, 'x', special);
  assert.ok(honest.length > 0);
  for (const spelling of spellings) {
    const id = tokenizer.token(spelling).id;
    for (const text of [spelling, `a${spelling}b`, ` ${spelling} `, `${spelling}\n${spelling}`]) {
      assert.deepEqual(specialIds(safe, text, special), honest, `${name}: ${text}`);
      const more = specialIds(trusting, text, special).filter((one) => one === id).length;
      const expected = honest.filter((one) => one === id).length + 5 * (text.split(spelling).length - 1);
      assert.equal(more, expected, `${name}, allowed: ${text}`);
    }
  }
}

test('a text sets no special token in any template: OpenChat', async () => {
  const tokenizer = await loadTokenizer(writeOpenchatTokenizer());
  for (const name of templateNames.filter((one) => !['chatml', 'llama-3', 'pair', 'pair-roberta'].includes(one)))
    checkTemplate(tokenizer, name, OPENCHAT_SPECIAL);
});

test('a text sets no special token: chatml', async () => {
  checkTemplate(await loadTokenizer(MODEL), 'chatml', MINI_SPECIAL);
});

test('merges that spell a special token do not produce it', async () => {
  checkTemplate(await loadTokenizer(writeSmallTokenizer()), 'llama-2-card', ['<s>', '</s>']);
});

test('the tokens of the template and BOS are protected even if tokenizer.json does not mark them special', async () => {
  const plain = ['<s>', '</s>'].map((content) => smallAdded(content, { special: false }));
  for (const added_tokens of [plain, []]) {
    const tokenizer = await loadTokenizer(writeSmallTokenizer({ added_tokens }));
    for (const name of ['llama-2-card', 'llama-2-ppo']) checkTemplate(tokenizer, name, ['<s>', '</s>']);
  }
});

test('other added tokens are vocabulary, as in HF tokenizers', async () => {
  const added_tokens = [smallAdded('<s>'), smallAdded('</s>'), smallAdded('é', { special: false })];
  const encoder = encoderOf(await loadTokenizer(writeSmallTokenizer({ added_tokens })), 'llama-2-ppo', false);
  const [{ ids }] = encoder.encodeRow([{ role: 'user', text: 'a' }], ['aéb']);
  const spelt = [...ids].map((id) => SMALL_VOCAB[id]);
  assert.deepEqual(spelt.slice(-4), ['a', 'é', 'b', '</s>']);
});
