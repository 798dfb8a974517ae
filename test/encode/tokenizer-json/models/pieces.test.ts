import assert from 'node:assert/strict';
import { test } from 'node:test';
import { StarlingError } from '../../../../src/contracts/errors.js';
import { loadTokenizer } from '../../../../src/encode/tokenizer-json/tokenizer.js';
import { readTokenizerFile } from '../../../../src/encode/tokenizer-json/tokenizer-file.js';
import { ORACLE, writeOracleTokenizer } from '../pieces-oracle.js';

for (const [name, { plain, special }] of Object.entries(ORACLE.tokenizers)) {
  test(`ids are those of HF tokenizers: ${name}`, async () => {
    const tokenizer = await loadTokenizer(writeOracleTokenizer(name));
    const encode = (allowSpecial: boolean) => tokenizer.runEncoder({ templateTokens: [], allowSpecial });
    const [asText, asTokens] = [encode(false), encode(true)];
    ORACLE.texts.forEach((text, i) => {
      assert.deepEqual(asText(text, true), plain[i], JSON.stringify(text));
      assert.deepEqual(asTokens(text, true), special[i] ?? plain[i], JSON.stringify(text));
    });
  });

  test(`no text sets a special token: ${name}`, async () => {
    const tokenizer = await loadTokenizer(writeOracleTokenizer(name));
    const encode = tokenizer.runEncoder({ templateTokens: [], allowSpecial: false });
    const unknown = new Set(['[UNK]', '<unk>']);
    const special = new Set(tokenizer.specials().flatMap((one) => (unknown.has(one) ? [] : [tokenizer.token(one).id])));
    assert.ok(special.size > 0);
    // Wide letters are normalized to narrow ones after the search for special tokens.
    const spelt = tokenizer
      .specials()
      .flatMap((one) => [one, `a${one}b`, one.replace('[', '［'), one.replace('<', '＜')]);
    for (const text of [...spelt, ...ORACLE.texts]) {
      assert.ok(!encode(text, true).some((id) => special.has(id)), JSON.stringify(text));
    }
  });
}

test('scores have the bits that the Rust library reads', async () => {
  const { model } = await readTokenizerFile(writeOracleTokenizer('deberta-v3'));
  assert.ok('scores' in model);
  assert.deepEqual([...model.scores], ORACLE.scores);
});

test('a long text without a split point has the ids of its parts', async () => {
  const word = 'e\u0301👩‍👩‍👧';
  for (const name of ['deberta-v3', 'bert-uncased']) {
    const tokenizer = await loadTokenizer(writeOracleTokenizer(name));
    const encode = tokenizer.runEncoder({ templateTokens: [], allowSpecial: false });
    const spaced = encode(`${word} `.repeat(5000), true);
    assert.deepEqual(spaced, Array(5000).fill(encode(word, true)).flat());
  }
});

const model = (name: string, changes: object) => {
  const settings = ORACLE.tokenizers[name].tokenizer.model;
  return { model: { ...(typeof settings === 'object' ? settings : {}), ...changes } };
};

const REFUSED: [string, object, string][] = [
  ['deberta-v3', model('deberta-v3', { byte_fallback: true }), 'model.byte_fallback'],
  ['deberta-v3', model('deberta-v3', { unk_id: null }), 'model.unk_id'],
  ['deberta-v3', model('deberta-v3', { unk_id: 100_000 }), 'model.unk_id'],
  ['deberta-v3', model('deberta-v3', { vocab: [['a', '0']], unk_id: 0 }), 'model.vocab[0][1]'],
  ['deberta-v3', model('deberta-v3', { vocab: [['a']], unk_id: 0 }), 'model.vocab[0][1]'],
  ['bert-cased', model('bert-cased', { unk_token: '[NONE]' }), 'model.unk_token'],
  ['bert-cased', { pre_tokenizer: { type: 'Whitespace' } }, 'pre_tokenizer.type'],
  ['bert-cased', { pre_tokenizer: { type: 'Punctuation', behavior: 'Contiguous' } }, 'pre_tokenizer.behavior'],
  [
    'deberta-v3',
    { normalizer: { type: 'Precompiled', precompiled_charsmap: 'AAAA' } },
    'normalizer.precompiled_charsmap',
  ],
];

for (const [name, changes, field] of REFUSED) {
  test(`an unsupported setting is refused with its field: ${field} of ${name}`, async () => {
    await assert.rejects(loadTokenizer(writeOracleTokenizer(name, changes)), (error: unknown) => {
      assert.ok(error instanceof StarlingError);
      assert.deepEqual([error.code, error.place.field], ['E_MODEL', field]);
      assert.match(error.message, /expected .* found/);
      return true;
    });
  });
}
