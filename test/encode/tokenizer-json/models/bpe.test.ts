import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Bpe, type BpeSettings } from '../../../../src/encode/tokenizer-json/models/bpe.js';
import { Xoshiro128 } from '../../../../src/measure/bootstrap/xoshiro128.js';
import { PlainBpe } from '../plain-bpe.js';

const random = Xoshiro128.seeded(26);
const oneOf = <T>(items: readonly T[]): T => items[random.below(items.length)];
const sometimes = () => random.below(2) === 0;

/** Characters of texts. A vocabulary has some of them. */
const CHARACTERS = [...'aabbcx▁▁.01é世👍🇫\u0301\ud83d'];
const BYTES = Array.from({ length: 256 }, (_, byte) => `<0x${byte.toString(16).toUpperCase().padStart(2, '0')}>`);

/** A vocabulary of some characters, products of random merges, and tokens that no merge produces. */
function randomSettings(): BpeSettings {
  const spellings = [...new Set(['<unk>', ...CHARACTERS.filter(() => random.below(4) > 0)])];
  const byteFallback = sometimes();
  if (byteFallback) spellings.push(...BYTES.filter((_, byte) => byte < 0xf0 || sometimes()));
  if (byteFallback && sometimes()) spellings.push(...BYTES.filter((byte) => !spellings.includes(byte)));
  const parts = spellings.filter((spelling) => [...spelling].length === 1);
  if (random.below(3) === 0) parts.push(...spellings.filter((spelling) => /unk|A9|E4/.test(spelling)));
  const pairs = Array.from({ length: 1 + random.below(25) }, () => {
    const pair = [oneOf(parts), oneOf(parts)];
    if (pair.join('').length < 12) parts.push(pair.join(''));
    return pair;
  });
  const all = [...new Set([...spellings, ...pairs.map((pair) => pair.join('')), 'xa.', '▁b'])];
  const vocab = new Map(all.map((spelling, i) => [spelling, 2 * i]));
  // Sometimes two spellings share an id.
  if (random.below(4) === 0) vocab.set(oneOf(parts), vocab.get(oneOf(parts)) ?? 0);
  const idsOf = (list: readonly string[]) => Int32Array.from(list, (spelling) => vocab.get(spelling) ?? Number.NaN);
  return {
    vocab,
    merges: {
      lefts: idsOf(pairs.map(([left]) => left)),
      rights: idsOf(pairs.map(([, right]) => right)),
      products: idsOf(pairs.map((pair) => pair.join(''))),
    },
    unkToken: sometimes() ? oneOf(['<unk>', oneOf(parts)]) : null,
    fuseUnk: sometimes(),
    byteFallback,
    ignoreMerges: random.below(4) === 0,
  };
}

const randomWord = () => Array.from({ length: random.below(14) }, () => oneOf(CHARACTERS)).join('');

test('for any vocabulary and words the ids are those of the definition, also for repeated words', () => {
  for (let round = 0; round < 1500; round++) {
    const settings = randomSettings();
    const reserved = new Set([...settings.vocab.values()].filter(() => random.below(20) === 0));
    const bpe = new Bpe(settings, reserved, false);
    const plain = new PlainBpe(settings, reserved);
    for (const word of Array.from({ length: 12 }, randomWord)) {
      const expected = plain.ids(word);
      for (const _ of ['new', 'again']) {
        const ids: number[] = [];
        bpe.encode(word, ids);
        assert.deepEqual(ids, expected, JSON.stringify([word, [...settings.vocab], settings]));
      }
    }
  }
});

/** A vocabulary of the symbols and products of merges, which are written `left right`. */
function bpeOf(...merges: string[]) {
  const pairs = merges.map((merge) => merge.split(' '));
  const spellings = [...new Set(pairs.flatMap(([left, right]) => [left, right, left + right]))];
  const idsOf = (list: readonly string[]) => Int32Array.from(list, (spelling) => spellings.indexOf(spelling));
  const settings = {
    vocab: new Map(spellings.map((spelling, id) => [spelling, id])),
    merges: {
      lefts: idsOf(pairs.map(([left]) => left)),
      rights: idsOf(pairs.map(([, right]) => right)),
      products: idsOf(pairs.map((pair) => pair.join(''))),
    },
    unkToken: null,
    fuseUnk: false,
    byteFallback: false,
    ignoreMerges: false,
  };
  const bpe = new Bpe(settings, new Set(), false);
  return (word: string): string[] => {
    const ids: number[] = [];
    bpe.encode(word, ids);
    return ids.map((id) => spellings[id]);
  };
}

test('a queued merge is skipped if its token was merged into another meanwhile', () => {
  assert.deepEqual(bpeOf('x b', 'b c', 'd e', 'c de')('xbcde'), ['xb', 'cde']);
});

test('tokens of words of many lengths join to the words', () => {
  const spelt = bpeOf('a a', 'aa aa', 'a b');
  for (const length of [0, 1, 2, 1023, 1024, 1025, 1500, 2047, 2048, 2049, 5000, 3]) {
    const word = 'aab'.repeat(length).slice(0, length);
    assert.equal(spelt(word).join(''), word);
    assert.equal(spelt('a'.repeat(length)).length, Math.floor(length / 4) + Math.ceil((length % 4) / 2));
  }
});

test('the queue has room for all merges of a word', () => {
  const spelt = bpeOf('a b', 'ab ab', 'ab a', 'b a');
  for (const pairs of [512, 2048]) {
    assert.deepEqual(spelt('ab'.repeat(pairs)), new Array(pairs / 2).fill('abab'));
  }
});
