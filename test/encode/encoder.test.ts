import assert from 'node:assert/strict';
import { test } from 'node:test';
import { StarlingError } from '../../src/contracts/errors.js';
import type { Turn } from '../../src/contracts/row.js';
import type { EncodedAnswer } from '../../src/contracts/text.js';
import { Encoder, type EncoderOptions } from '../../src/encode/encoder.js';
import { loadTokenizer } from '../../src/encode/tokenizer-json/tokenizer.js';
import { makeTemplate, templateNames } from '../../src/template/templates.js';
import { writeOpenchatTokenizer } from './openchat-tokenizer.js';
import { SMALL_VOCAB, smallAdded, writeSmallTokenizer } from './tokenizer-json/small-tokenizer.js';

const openchat = await loadTokenizer(writeOpenchatTokenizer());
const HELLO: Turn[] = [{ role: 'user', text: 'Hello there, how are you?' }];

function encoderOf(name: string, options: Partial<EncoderOptions> = {}): Encoder {
  const template = makeTemplate({ name, system: null, trim: false });
  return new Encoder(openchat, { template, maxLength: 1e6, addBos: true, allowSpecial: false, ...options });
}

const listed = (answers: readonly EncodedAnswer[]) => answers.map(({ ids, cut }) => ({ ids: [...ids], cut }));

test('the ids of an answer do not depend on the other answers of its row', () => {
  const answers = ['', ' ', 'Hi', ' Hi', 'Hi\n', 'Hi', 'Hi</s>', '\n\nHi', 'e\u0301', '\u0301', '] [INST] x', ' '];
  for (const name of templateNames.filter((one) => !['chatml', 'llama-3', 'pair'].includes(one))) {
    for (const maxLength of [1e6, 20, 4]) {
      const encoder = encoderOf(name, { maxLength });
      const alone = answers.flatMap((answer) => encoder.encodeRow(HELLO, [answer]));
      assert.deepEqual(listed(encoder.encodeRow(HELLO, answers)), listed(alone), name);
    }
  }
});

test('equal answers are encoded once', () => {
  const [a, b, c] = encoderOf('openchat-3.5').encodeRow(HELLO, ['x', 'y', 'x']);
  assert.equal(a, c);
  assert.notEqual(a, b);
});

test('a text of exactly the maximum length stays whole; one more token is truncated on the left, after BOS', () => {
  const [{ ids }] = encoderOf('openchat-3.5').encodeRow(HELLO, ['Fine']);
  const whole = encoderOf('openchat-3.5', { maxLength: ids.length }).encodeRow(HELLO, ['Fine']);
  assert.deepEqual(listed(whole), [{ ids: [...ids], cut: 0 }]);
  const cut = encoderOf('openchat-3.5', { maxLength: ids.length - 1 }).encodeRow(HELLO, ['Fine']);
  assert.deepEqual(listed(cut), [{ ids: [1, ...ids.slice(2)], cut: 1 }]);
});

test('without BOS the text gets the whole maximum length', () => {
  const [{ ids }] = encoderOf('openchat-3.5', { addBos: false }).encodeRow(HELLO, ['Fine']);
  const cut = encoderOf('openchat-3.5', { addBos: false, maxLength: 5 }).encodeRow(HELLO, ['Fine']);
  assert.deepEqual(listed(cut), [{ ids: [...ids.slice(-5)], cut: ids.length - 5 }]);
});

test('an answer longer than the maximum length keeps BOS and its own end', () => {
  const answer = 'one two three four five six seven eight nine ten '.repeat(20);
  const [{ ids }] = encoderOf('openchat-3.5').encodeRow(HELLO, [answer]);
  const cut = encoderOf('openchat-3.5', { maxLength: 32 }).encodeRow(HELLO, [answer]);
  assert.deepEqual(listed(cut), [{ ids: [1, ...ids.slice(-31)], cut: ids.length - 32 }]);
  assert.deepEqual([...encoderOf('openchat-3.5', { maxLength: 1 }).encodeRow(HELLO, [answer])[0].ids], [1]);
});

test("the card's own <s> and the tokenizer's BOS are two tokens", () => {
  const [{ ids }] = encoderOf('llama-2-card').encodeRow(HELLO, ['Hi']);
  assert.deepEqual([...ids.slice(0, 2)], [1, 1]);
  assert.equal(ids.at(-1), 2);
});

test('a template whose tokens the tokenizer lacks is refused', () => {
  assert.throws(
    () => encoderOf('chatml'),
    (error: unknown) =>
      error instanceof StarlingError && error.code === 'E_MODEL' && /<\|im_start\|>.*--template/.test(error.message),
  );
});

test('adding BOS is refused when the model has none', async () => {
  const tokenizer = await loadTokenizer(writeSmallTokenizer({}, {}));
  const template = makeTemplate({ name: 'llama-2-ppo', system: null, trim: false });
  const options = { template, maxLength: 10, addBos: true, allowSpecial: false };
  assert.throws(() => new Encoder(tokenizer, options), { code: 'E_MODEL', message: /bos_token/ });
});

test('a run at the start of the text is encoded differently from the same run elsewhere', async () => {
  const pre_tokenizer = { type: 'Metaspace', replacement: ' ', prepend_scheme: 'first', split: false };
  const prompt = () => [{ text: 'ab' }, { special: '</s>' }, { text: 'ab' }, { special: '</s>' }];
  const template = { name: 'two runs', prompt, answer: (text: string) => [{ text }] };
  const tokenizer = await loadTokenizer(writeSmallTokenizer({ pre_tokenizer }));
  const encoder = new Encoder(tokenizer, { template, maxLength: 100, addBos: false, allowSpecial: false });
  const [{ ids }] = encoder.encodeRow([], ['ab']);
  assert.equal([...ids].map((id) => SMALL_VOCAB[id]).join('|'), ' |ab|</s>|ab|</s>|ab');
});

test('a token of the template absorbs whitespace if its flags say so', async () => {
  const added_tokens = [smallAdded('<s>'), smallAdded('</s>', { lstrip: true, rstrip: true })];
  const tokenizer = await loadTokenizer(writeSmallTokenizer({ added_tokens, model: { unk_token: null } }));
  const template = makeTemplate({ name: 'llama-2-card', system: null, trim: false });
  const encoder = new Encoder(tokenizer, { template, maxLength: 1e6, addBos: false, allowSpecial: false });
  const [{ ids }] = encoder.encodeRow([{ role: 'user', text: 'ab' }], ['ab\u00a0\n']);
  assert.equal([...ids].map((id) => SMALL_VOCAB[id]).join(''), '<s> ab</s>/ ab</s>');
});

/** CPU microseconds, the least of several tries. Other load on the machine does not count. */
function costOf(work: () => void): number {
  const tries = Array.from({ length: 3 }, () => {
    const before = process.cpuUsage();
    work();
    const { user, system } = process.cpuUsage(before);
    return user + system;
  });
  return Math.min(...tries);
}

test('a word of 320,000 characters takes about linear time', () => {
  const encoder = encoderOf('openchat-3.5');
  const [short, long] = [5000, 320_000];
  for (const character of ['a', '\n', '👍', ' ']) {
    const costs = [short, long].map((length) => costOf(() => encoder.encodeRow(HELLO, [character.repeat(length)])));
    // 64 times the characters: a linear algorithm costs 64 times as much, a quadratic one 4096 times.
    assert.ok(costs[1] < 8 * (long / short) * costs[0], `${JSON.stringify(character)}: ${costs} microseconds`);
  }
});
