import assert from 'node:assert/strict';
import { test } from 'node:test';
import { RowError } from '../../src/contracts/errors.js';
import { LIMITS, openInputs } from '../../src/read/inputs/inputs.js';
import { readRankings } from '../../src/read/rankings.js';
import { collect, MAX_LINE_BYTES } from './collect.js';
import { TempFolder } from './temp-folder.js';

const folder = new TempFolder();

const FULL = {
  index: 5,
  id: 'r5',
  prompt_id: 'p',
  scores: [-1.5, 2, 2],
  ranks: [3, 1, 1],
  order: [1, 2, 0],
  truncated: [2],
  labels: [1, null, 2.5],
  label_scores: [null, 0, -3],
  models: ['a', null, 'b'],
  lengths: [0, 4, 9],
  source: ['s'],
  turns: 2,
  good_natured: false,
};

const { index, prompt_id, scores, ranks, order, lengths } = FULL;
const BARE = { index, prompt_id, scores, ranks, order, lengths };

async function readOnly(record: object) {
  const inputs = await openInputs([folder.file(JSON.stringify(record))]);
  const [ranking] = await collect(readRankings(inputs, { ...LIMITS, maxLineBytes: MAX_LINE_BYTES }));
  return ranking;
}

test('a ranking is read unchanged, with unknown fields', async () => {
  const kept = { ...FULL, prompt: 'hi', answers: ['x', 'y', 'z'] };
  for (const record of [FULL, BARE, kept]) assert.deepEqual(await readOnly(record), record);
});

test('null fields are absent', async () => {
  const nulls = {
    id: null,
    truncated: null,
    labels: null,
    label_scores: null,
    models: null,
    source: null,
    turns: null,
  };
  assert.deepEqual(await readOnly({ ...BARE, ...nulls, good_natured: null }), BARE);
});

const BAD: readonly { title: string; change: object; field: string; says?: RegExp }[] = [
  { title: 'no index', change: { index: undefined }, field: 'index' },
  { title: 'a string as index', change: { index: '5' }, field: 'index' },
  { title: 'an index below 0', change: { index: -1 }, field: 'index' },
  {
    title: 'ranks that contradict the scores',
    change: { ranks: [1, 3, 3] },
    field: 'ranks[0]',
    says: /3 by the scores/,
  },
  { title: 'an order that contradicts the scores', change: { order: [0, 1, 2] }, field: 'order[1]' },
  { title: 'an order with a position twice', change: { order: [1, 1, 0] }, field: 'order[1]' },
  { title: 'an answer truncated twice', change: { truncated: [2, 2] }, field: 'truncated[1]' },
  { title: 'a length below 0', change: { lengths: [0, -4, 9] }, field: 'lengths[1]' },
  { title: 'a length beyond 2^53', change: { lengths: [0, 4, 2 ** 53] }, field: 'lengths[2]' },
  { title: 'half a code point', change: { lengths: [0, 4, 0.5] }, field: 'lengths[2]' },
  { title: 'no prompt_id', change: { prompt_id: undefined }, field: 'prompt_id' },
  { title: 'no scores', change: { scores: undefined }, field: 'scores' },
  { title: 'empty scores', change: { scores: [] }, field: 'scores' },
  { title: 'a null score', change: { scores: [1, null, 3] }, field: 'scores[1]' },
  { title: 'too few lengths', change: { lengths: [1, 2] }, field: 'lengths', says: /2 lengths for 3 scores/ },
  { title: 'no lengths', change: { lengths: undefined }, field: 'lengths' },
  { title: 'too many labels', change: { labels: [1, 2, 3, 4] }, field: 'labels', says: /4 labels for 3 scores/ },
  { title: 'a string as label', change: { labels: [1, 2, '3'] }, field: 'labels[2]' },
  { title: 'too few label scores', change: { label_scores: [1] }, field: 'label_scores' },
  { title: 'too few ranks', change: { ranks: [1] }, field: 'ranks' },
  { title: 'a position that no answer has', change: { order: [0, 1, 3] }, field: 'order[2]', says: /from 0 to 2/ },
  { title: 'a truncated answer that is none', change: { truncated: [-1] }, field: 'truncated[0]' },
  { title: 'a number as model', change: { models: ['a', 'b', 1] }, field: 'models[2]' },
];

for (const { title, change, field, says = /the output of score\?/ } of BAD) {
  test(`${title} is E_FIELD at ${field}`, async () => {
    const error = await readOnly({ ...BARE, ...change });
    assert.ok(error instanceof RowError);
    assert.equal(error.code, 'E_FIELD');
    assert.equal(error.place.field, field);
    assert.equal(error.place.line, 1);
    assert.equal(error.place.row, 0);
    assert.match(error.message, says);
    assert.match(error.message, /the output of score\?/);
  });
}

test('a row in place of a ranking is an error that says so', async () => {
  const error = await readOnly({ prompt: 'hi', answers: ['a'] });
  assert.ok(error instanceof RowError);
  assert.equal(error.code, 'E_FIELD');
  assert.match(error.message, /a row, not a ranking.*starling-rm score/);
});

test('rankings in CSV and TSV are not read back, and the error says so', async () => {
  for (const [format, separator] of [
    ['csv', ','],
    ['tsv', '\t'],
  ] as const) {
    const header = 'index file id prompt_id answer model score rank label label_score length truncated'.split(' ');
    const lines = [header, ['0', '', 'a', 'p', '0', '', '1.5', '1', '', '', '3', 'false']];
    const file = folder.file(lines.map((cells) => `${cells.join(separator)}\n`).join(''));
    const [error] = await collect(readRankings(await openInputs([file]), { ...LIMITS, format }));
    assert.match(String(error), /E_FIELD: .*line 2 \(row 0\), .*: this is a line of rankings in CSV or TSV, /);
  }
});
