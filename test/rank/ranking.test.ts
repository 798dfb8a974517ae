import assert from 'node:assert/strict';
import { test } from 'node:test';
import { RowError } from '../../src/contracts/errors.js';
import type { Answer, Row } from '../../src/contracts/row.js';
import { shortest } from '../../src/rank/float32.js';
import { rankingOf } from '../../src/rank/ranking.js';

const uncut = (count: number) => Array.from({ length: count }, () => ({ ids: Int32Array.of(1), cut: 0 }));

function row(answers: Answer[], more: Partial<Row> = {}): Row {
  const conversation = [{ role: 'user' as const, text: 'Why?' }];
  return { index: 3, promptId: 'p', conversation, answers, place: { row: 3 }, record: {}, ...more };
}

test('the shortest number is the same float32, and neighbouring values stay distinct', () => {
  assert.equal(shortest(Math.fround(-1.2345679)), -1.2345679);
  assert.equal(shortest(Math.fround(0.1)), 0.1);
  const bits = new Uint32Array(1);
  const float = new Float32Array(bits.buffer);
  for (let i = 0; i < 20_000; i++) {
    bits[0] = Math.imul(i, 0x9e3779b1) >>> 0;
    if (!Number.isFinite(float[0])) continue;
    const value = float[0];
    assert.equal(Math.fround(shortest(value)), value);
    bits[0]++;
    if (Number.isFinite(float[0]) && value > 0) assert.ok(shortest(float[0]) > shortest(value), `${value}`);
  }
});

test('a ranking has only fields that the row has', () => {
  const ranking = rankingOf(row([{ text: 'a' }, { text: 'b😀' }]), uncut(2), [1, 2], false);
  assert.deepEqual(ranking, {
    index: 3,
    prompt_id: 'p',
    scores: [1, 2],
    ranks: [2, 1],
    order: [1, 0],
    lengths: [1, 2],
  });
});

test('labels, label scores and models are null where only some answers have them', () => {
  const answers = [
    { text: '', rank: 2, model: 'm' },
    { text: 'b', score: 0 },
  ];
  const { labels, label_scores, models, lengths } = rankingOf(row(answers), uncut(2), [1, 2], false);
  assert.deepEqual(
    { labels, label_scores, models, lengths },
    {
      labels: [2, null],
      label_scores: [null, 0],
      models: ['m', null],
      lengths: [0, 1],
    },
  );
});

test('id 0, turns, source and good-natured are copied, and truncated answers are listed', () => {
  const more = { id: 0, turns: 2, source: ['s'], goodNatured: false };
  const cut = [{ ids: Int32Array.of(1), cut: 3 }, ...uncut(1)];
  const ranking = rankingOf(row([{ text: 'a' }, { text: 'b' }], more), cut, [1, 2], false);
  assert.equal(ranking.id, 0);
  assert.equal(ranking.turns, 2);
  assert.deepEqual(ranking.source, ['s']);
  assert.equal(ranking.good_natured, false);
  assert.deepEqual(ranking.truncated, [0]);
});

test('keep copies every field of the input unchanged, after those of the ranking', () => {
  const nested = { a: [{ b: null }, []] };
  const record = { z: nested, prompt: '\n\nHuman: Why?\n\nAssistant: ', answers: ['a'], a: '', none: null };
  const ranking = rankingOf(row([{ text: 'a' }], { record }), uncut(1), [1], true);
  assert.deepEqual(Object.keys(ranking).slice(0, 6), ['index', 'prompt_id', 'scores', 'ranks', 'order', 'lengths']);
  assert.deepEqual(Object.entries(ranking).slice(6), Object.entries(record));
});

test('keep does not repeat fields that every ranking has', () => {
  const record = { id: 'i', prompt_id: 'p', source: 's', turns: 1, good_natured: true, prompt: 'Why?', answers: ['a'] };
  const ranking = rankingOf(row([{ text: 'a' }], { record, id: 'i' }), uncut(1), [1], true);
  assert.deepEqual(Object.keys(ranking).slice(-3), ['lengths', 'prompt', 'answers']);
  assert.equal(ranking.id, 'i');
});

test('keep renames a field with the name of a ranking field, never to the name of another field', () => {
  const record = { scores: [9], index: 'x', input_index: 'y', input_input_index: 'z', ['__proto__']: 1, file: 'f' };
  const ranking = rankingOf(row([{ text: 'a' }], { record }), uncut(1), [1], true);
  assert.deepEqual(Object.entries(ranking).slice(6), [
    ['input_scores', [9]],
    ['input_input_input_index', 'x'],
    ['input_index', 'y'],
    ['input_input_index', 'z'],
    ['__proto__', 1],
    ['input_file', 'f'],
  ]);
  assert.deepEqual([ranking.index, ranking.scores, ranking.file], [3, [1], undefined]);
});

test('without keep no field of the record is copied', () => {
  const ranking = rankingOf(row([{ text: 'a' }], { record: { more: 1, scores: [9] } }), uncut(1), [1], false);
  assert.deepEqual(Object.keys(ranking), ['index', 'prompt_id', 'scores', 'ranks', 'order', 'lengths']);
});

test('a reward that is not finite is an error with its place', () => {
  const error = (rewards: number[]) => () => rankingOf(row([{ text: 'a' }, { text: 'b' }]), uncut(2), rewards, false);
  for (const reward of [Number.NaN, Number.POSITIVE_INFINITY]) {
    assert.throws(error([1, reward]), (thrown: unknown) => {
      assert.ok(thrown instanceof RowError);
      assert.equal(thrown.code, 'E_ENGINE');
      assert.deepEqual(thrown.place, { row: 3, field: 'answers[1]' });
      return true;
    });
  }
});
