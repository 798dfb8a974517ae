import assert from 'node:assert/strict';
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { StarlingError } from '../../../src/contracts/errors.js';
import { loadTokenizer, type RunEncoder } from '../../../src/encode/tokenizer-json/tokenizer.js';
import { heapUsed } from '../heap-used.js';
import { SMALL_VOCAB, type SmallChanges, smallAdded, writeSmallTokenizer, writeTokenizer } from './small-tokenizer.js';

async function assertRefused(folder: string, field: string | undefined, message: RegExp): Promise<void> {
  await assert.rejects(loadTokenizer(folder), (error: unknown) => {
    assert.ok(error instanceof StarlingError);
    assert.equal(error.code, 'E_MODEL');
    assert.equal(error.exitCode, 2);
    assert.ok(error.place.file?.startsWith(folder));
    assert.equal(error.place.field, field);
    assert.match(error.message, message);
    return true;
  });
}

for (const file of ['tokenizer.json', 'tokenizer_config.json']) {
  test(`a folder without ${file} is refused`, async () => {
    const folder = writeSmallTokenizer();
    rmSync(join(folder, file));
    await assertRefused(folder, undefined, /missing/);
  });
}

test('a file that is not JSON is refused', async () => {
  await assertRefused(writeTokenizer('{"model": ', '{}'), undefined, /JSON/);
  await assertRefused(writeTokenizer('{}', 'bos'), undefined, /JSON/);
});

test('excessive nesting is refused with its place', async () => {
  const [open, close] = ['{"type":"Sequence","normalizers":[', ']}'];
  const depth = 1e5;
  const normalizer = open.repeat(depth) + close.repeat(depth);
  const folder = writeTokenizer(`{"model":{"type":"BPE","vocab":{},"merges":[]},"normalizer":${normalizer}}`, '{}');
  await assert.rejects(loadTokenizer(folder), /E_MODEL: .*tokenizer\.json, field normalizer\..*100 levels.*too deep/);
});

const REFUSED: [string, SmallChanges, string][] = [
  ['another model', { model: { type: 'WordLevel' } }, 'model.type'],
  ['dropout', { model: { dropout: 0.1 } }, 'model.dropout'],
  ['a suffix of words', { model: { end_of_word_suffix: '</w>' } }, 'model.end_of_word_suffix'],
  ['no vocabulary', { model: { vocab: null } }, 'model.vocab'],
  ['an id that is no number', { model: { vocab: { a: 'one' } } }, 'model.vocab'],
  ['an id that would be another in 32 bits', { model: { vocab: { a: 2 ** 32 } } }, 'model.vocab'],
  ['such an id of an added token', { added_tokens: [smallAdded('<s>', { id: 2 ** 31 })] }, 'added_tokens[0].id'],
  ['a merge that is not in the vocabulary', { model: { merges: ['a b', 'b a'] } }, 'model.merges[1]'],
  ['a merge of three', { model: { merges: [['a', 'b', 's']] } }, 'model.merges[0]'],
  ['added tokens that are no list', { added_tokens: {} }, 'added_tokens'],
  ['an added token without id', { added_tokens: [{ content: 'x' }] }, 'added_tokens[0].id'],
  ['single words', { added_tokens: [smallAdded('<s>', { single_word: true })] }, 'added_tokens[0].single_word'],
  [
    'an inexact normalizer',
    { normalizer: { type: 'Sequence', normalizers: [{ type: 'Nmt' }] } },
    'normalizer.normalizers[0].type',
  ],
  ['an inexact pre-tokenizer', { pre_tokenizer: { type: 'Whitespace' } }, 'pre_tokenizer.type'],
  [
    'a Metaspace that does not know what it puts before a text',
    { pre_tokenizer: { type: 'Metaspace', replacement: '▁', add_prefix_space: false } },
    'pre_tokenizer.add_prefix_space',
  ],
  [
    'a Metaspace that cannot know where a text begins',
    {
      pre_tokenizer: {
        type: 'Sequence',
        pretokenizers: [{ type: 'WhitespaceSplit' }, { type: 'Metaspace', replacement: '▁', prepend_scheme: 'first' }],
      },
    },
    'pre_tokenizer.pretokenizers[1].prepend_scheme',
  ],
  [
    'a Split that merges',
    { pre_tokenizer: { type: 'Split', pattern: { String: 'a' }, behavior: 'MergedWithNext' } },
    'pre_tokenizer.behavior',
  ],
];

for (const [what, changes, field] of REFUSED) {
  test(`an unsupported setting is refused with its field: ${what}`, () =>
    assertRefused(writeSmallTokenizer(changes), field, /expected .* found/));
}

async function runEncoder(changes: SmallChanges): Promise<RunEncoder> {
  const tokenizer = await loadTokenizer(writeSmallTokenizer(changes));
  return tokenizer.runEncoder({ templateTokens: [], allowSpecial: false });
}

const spelt = (ids: readonly number[]) => ids.map((id) => SMALL_VOCAB[id]);

test('characters that the vocabulary lacks are unknown, fused, or dropped', async () => {
  const text = 'aXYbZ';
  assert.deepEqual(spelt((await runEncoder({}))(text, true)), ['a', '<unk>', '<unk>', 'b', '<unk>']);
  assert.deepEqual(spelt((await runEncoder({ model: { fuse_unk: true } }))(text, true)), ['a', '<unk>', 'b', '<unk>']);
  assert.deepEqual(spelt((await runEncoder({ model: { unk_token: null } }))(text, true)), ['ab']);
});

test('Metaspace with "first" adds a space only at the start of the text', async () => {
  const pre_tokenizer = { type: 'Metaspace', replacement: ' ', prepend_scheme: 'first', split: false };
  const encode = await runEncoder({ pre_tokenizer });
  assert.deepEqual(spelt(encode('ab', true)), [' ', 'ab']);
  assert.deepEqual(spelt(encode('ab', false)), ['ab']);
});

test('a normalized added token is found in the normalized text', async () => {
  const normalizer = { type: 'NFC' };
  const added_tokens = [smallAdded('<s>'), smallAdded('</s>'), smallAdded('é', { special: false, normalized: true })];
  const encode = await runEncoder({ normalizer, added_tokens });
  assert.deepEqual(spelt(encode('ae\u0301b', true)), ['a', 'é', 'b']);
});

test('only the start of a run can be the start of the text', async () => {
  const pre_tokenizer = { type: 'Metaspace', replacement: ' ', prepend_scheme: 'first', split: false };
  for (const normalized of [false, true]) {
    const added_tokens = [smallAdded('é', { special: false, normalized })];
    const encode = await runEncoder({ pre_tokenizer, added_tokens });
    assert.deepEqual(spelt(encode('abéab', true)), [' ', 'ab', 'é', 'ab']);
  }
});

test('of added tokens with a common prefix the longest is found', async () => {
  const added_tokens = ['a', 'ab'].map((content) => smallAdded(content, { special: false }));
  const encode = await runEncoder({ added_tokens });
  assert.deepEqual(spelt(encode('aab', true)), ['a', 'ab']);
});

test('a word that is a special token as a whole does not become it', async () => {
  const encode = await runEncoder({ model: { ignore_merges: true } });
  assert.deepEqual(spelt(encode('<s>', true)), ['<s', '>']);
});

test('a bos_token that the tokenizer lacks is an error only if BOS is added', async () => {
  const tokenizer = await loadTokenizer(writeSmallTokenizer({}, { bos_token: { content: '[BOS]' } }));
  assert.deepEqual(spelt(tokenizer.runEncoder({ templateTokens: [], allowSpecial: false })('ab', true)), ['ab']);
  assert.throws(() => tokenizer.bos(), { code: 'E_MODEL', message: /\[BOS\]/ });
});

test('digits are those of Unicode', async () => {
  const vocab = Object.fromEntries(['a', '٣', '٣٣'].map((one, id) => [one, id]));
  const model = { vocab, merges: ['٣ ٣'], unk_token: null };
  const ids = async (individual_digits: boolean) =>
    (
      await loadTokenizer(
        writeSmallTokenizer({ model, added_tokens: [], pre_tokenizer: { type: 'Digits', individual_digits } }, {}),
      )
    ).runEncoder({ templateTokens: [], allowSpecial: false })('a٣٣', true);
  assert.deepEqual(await ids(true), [0, 1, 1]);
  assert.deepEqual(await ids(false), [0, 2]);
});

test('memory does not grow with the number of distinct words once the cache is full', async () => {
  const pre_tokenizer = { type: 'ByteLevel', add_prefix_space: false, use_regex: true };
  const encode = await runEncoder({ pre_tokenizer });
  const encodeWords = (from: number) => {
    for (let i = from; i < from + 100; i++) {
      encode(Array.from({ length: 1000 }, (_, j) => 'ab'.repeat(5) + (i * 1000 + j)).join(' '), true);
    }
  };
  encodeWords(100);
  const before = heapUsed();
  encodeWords(200);
  assert.ok(heapUsed() - before < 1e6, `${heapUsed() - before} bytes`);
});
