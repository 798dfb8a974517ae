import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { test } from 'node:test';
import { bertNormalizer } from '../../../../src/encode/tokenizer-json/normalizers/bert-normalizer.js';
import { lowercase } from '../../../../src/encode/tokenizer-json/normalizers/lowercase.js';
import { normalForm } from '../../../../src/encode/tokenizer-json/normalizers/normal-form.js';
import { normalizer } from '../../../../src/encode/tokenizer-json/normalizers/normalizer.js';
import { WORD_FINDERS } from '../../../../src/encode/tokenizer-json/word-finders.js';
import { JsonNode } from '../../../../src/json/json-node.js';
import { ORACLE } from '../pieces-oracle.js';

/** Code points of the planes that have characters. */
const CHARACTERS = [
  [0, 0xd7ff],
  [0xe000, 0x3ffff],
  [0xe0000, 0xe0fff],
].flatMap(([first, last]) => Array.from({ length: last - first + 1 }, (_, i) => String.fromCodePoint(first + i)));

const settings = (value: object) => new JsonNode({ file: 'tokenizer.json', code: 'E_MODEL' }, 'normalizer', value);
const bert = (on: object) =>
  bertNormalizer(
    settings({ clean_text: false, handle_chinese_chars: false, strip_accents: false, lowercase: false, ...on }),
  );
const isGone = (normalize: (text: string) => string) => (one: string) => normalize(`a${one}b`) === 'ab';
const [clean, strip, part] = [
  bert({ clean_text: true }),
  bert({ strip_accents: true }),
  bert({ handle_chinese_chars: true }),
];

const CLASSES: Record<keyof typeof ORACLE.classes, (character: string) => boolean> = {
  punctuation: (one) => WORD_FINDERS.Punctuation(`a${one}b`).length === 3,
  control: isGone(clean),
  accent: isGone(strip),
  mark: isGone(normalizer(settings({ type: 'StripAccents' }))),
  chinese: (one) => part(one) !== one,
  space: (one) => WORD_FINDERS.WhitespaceSplit(`a${one}b`).length === 2,
};

for (const [name, holds] of Object.entries(CLASSES)) {
  test(`character classes are those of the Rust library: ${name}`, () => {
    const ranges = ORACLE.classes[name as keyof typeof CLASSES];
    const expected = new Set(
      ranges.flatMap(([first, last]) => Array.from({ length: last - first + 1 }, (_, i) => first + i)),
    );
    const wrong = CHARACTERS.filter((one) => holds(one) !== expected.has(one.codePointAt(0) ?? -1));
    assert.deepEqual(
      wrong.map((one) => one.codePointAt(0)?.toString(16)),
      [],
    );
  });
}

const digest = (of: (text: string) => string) =>
  createHash('sha256')
    .update(CHARACTERS.map((one) => of(`a\u0345${one}\u0316b\n`)).join(''))
    .digest('hex');

test('every character beside marks is normalized as in the Rust library', () => {
  for (const form of ['NFC', 'NFD', 'NFKC', 'NFKD'] as const) {
    assert.equal(
      digest((text) => normalForm(text, form)),
      ORACLE.forms[form],
      form,
    );
  }
  assert.equal(digest(lowercase), ORACLE.forms.Lowercase, 'Lowercase');
});
