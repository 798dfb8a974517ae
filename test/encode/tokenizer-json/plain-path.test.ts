import assert from 'node:assert/strict';
import { test } from 'node:test';
import { byteLevelSpelling, byteLevelWords } from '../../../src/encode/tokenizer-json/models/byte-level.js';
import { loadTokenizer } from '../../../src/encode/tokenizer-json/tokenizer.js';
import { readTokenizerFile } from '../../../src/encode/tokenizer-json/tokenizer-file.js';
import { Xoshiro128 } from '../../../src/measure/bootstrap/xoshiro128.js';
import { MODEL } from '../../root.js';
import { writeOpenchatTokenizer } from '../openchat-tokenizer.js';
import { PlainBpe } from './plain-bpe.js';

const random = Xoshiro128.seeded(7);
const oneOf = <T>(items: readonly T[]): T => items[random.below(items.length)];

/** First and last code points of the alphabets of the texts. */
const SCRIPTS = [
  [0x20, 0x7e],
  [0x00, 0xff],
  [0x300, 0x36f],
  [0x400, 0x4ff],
  [0x2000, 0x206f],
  [0x4e00, 0x9fff],
  [0xac00, 0xd7a3],
  [0x1f300, 0x1f6ff],
  [0x00, 0x10ffff],
];

function randomCharacters(): string {
  const [first, last] = oneOf(SCRIPTS);
  return Array.from({ length: 1 + random.below(6) }, () =>
    String.fromCodePoint(first + random.below(last - first + 1)),
  ).join('');
}

/** A text of vocabulary words, random characters and repetitions, with or without spaces between them. */
function randomText(spellings: readonly string[]): string {
  const word = () =>
    oneOf([
      () => oneOf(spellings),
      () => oneOf(spellings),
      randomCharacters,
      () => oneOf([' ', '\n', 'a', '▁', '=', '👍', '0', '<0x0A>']).repeat(1 + random.below(12)),
    ])();
  return Array.from({ length: random.below(7) }, word).join(oneOf(['', ' ']));
}

/** Compares the ids of texts with those of `plainIds`. */
async function assertPlain(folder: string, plainIds: (text: string, plain: PlainBpe) => number[]): Promise<void> {
  const { model, added, bos } = await readTokenizerFile(folder);
  assert.ok('merges' in model);
  const reserved = new Set(added.filter(({ special, content }) => special || content === bos).map(({ id }) => id));
  const spellings = [...model.vocab].flatMap(([spelling, id]) =>
    reserved.has(id) ? [] : [spelling.replace(/[Ġ▁]/g, ' ').replaceAll('Ċ', '\n')],
  );
  const plain = new PlainBpe(model, reserved);
  const encode = (await loadTokenizer(folder)).runEncoder({ templateTokens: [], allowSpecial: false });
  for (let round = 0; round < 600; round++) {
    const text = randomText(spellings);
    assert.deepEqual(encode(text, true), text === '' ? [] : plainIds(text, plain), JSON.stringify(text));
  }
}

test('ids are those of the definition: words spelt byte by byte', () =>
  assertPlain(MODEL, (text, plain) =>
    byteLevelWords(text, { addPrefixSpace: false, useRegex: true }).flatMap((word) =>
      plain.ids(byteLevelSpelling(word)),
    ),
  ));

test('ids are those of the definition: the whole text is one word', () =>
  assertPlain(writeOpenchatTokenizer(), (text, plain) => plain.ids(`▁${text.replaceAll(' ', '▁')}`)));
