import assert from 'node:assert/strict';
import { test } from 'node:test';
import { RowError } from '../../src/contracts/errors.js';
import { rankingOf } from '../../src/rank/ranking.js';
import { LIMITS, openInputs } from '../../src/read/inputs/inputs.js';
import { type RankedRowOptions, readRankedRows } from '../../src/read/ranked-rows.js';
import { RowJoin } from '../../src/read/row-join.js';
import { readRows } from '../../src/read/rows.js';
import { rankingLine } from '../../src/write/rankings.js';
import { collect, rowsOf } from './collect.js';
import { TempFolder } from './temp-folder.js';

const folder = new TempFolder();

const lines = (records: readonly unknown[]) => records.map((record) => `${JSON.stringify(record)}\n`).join('');

/** Rows with an id, without one, and with the same prompt twice. */
const ROWS = Array.from({ length: 400 }, (_, i) => ({
  ...(i % 2 === 0 && { id: `r${i}` }),
  prompt: i % 7 === 0 ? 'The same prompt?' : `Prompt ${i}?`,
  answers: [`answer ${i}`, 'no'],
}));

/** The rankings of some rows, without texts. */
async function rankingsOf(records: readonly object[], keep: boolean | 'turns' = false): Promise<string[]> {
  const rows = await rowsOf(folder.file(lines(records)));
  return rows.map((row) => {
    if (row instanceof RowError) throw row;
    return rankingLine(
      rankingOf(
        row,
        row.answers.map(() => ({ cut: 0 })),
        row.answers.map((_, i) => -i),
        keep,
      ),
    );
  });
}

async function read(text: string, options: Partial<RankedRowOptions> = {}) {
  return collect(readRankedRows(await openInputs([folder.file(text)]), { ...LIMITS, fields: {}, ...options }));
}

async function joinOf(records: readonly unknown[]): Promise<RowJoin> {
  return new RowJoin(readRows(await openInputs([folder.file(lines(records))]), LIMITS), 'rows.jsonl');
}

function errorIn(found: unknown): RowError {
  assert.ok(found instanceof RowError, `${JSON.stringify(found)}`);
  return found;
}

test('texts that a ranking carries are read with their place, in both forms', async () => {
  for (const keep of [true, 'turns'] as const) {
    const [, found] = await read((await rankingsOf(ROWS.slice(0, 2), keep)).join(''));
    assert.ok('answers' in found);
    assert.deepEqual(found.conversation, [{ role: 'user', text: 'Prompt 1?' }]);
    assert.deepEqual(found.answers, ['answer 1', 'no']);
    assert.deepEqual([found.place.line, found.place.row], [2, 1]);
  }
});

test('a ranking without texts, and texts that were not scored, are errors with their place', async () => {
  const [bare] = await rankingsOf(ROWS.slice(1, 2));
  const [kept] = await rankingsOf(ROWS.slice(1, 2), true);
  const record = JSON.parse(kept);
  const cases: readonly [text: string, field: string, message: RegExp][] = [
    [bare, 'prompt', /carries no texts; score with --keep turns, or give the input that was scored with --rows/],
    [lines([{ ...record, answers: ['answer 1'] }]), 'lengths', /the row has 1 answers, the ranking 2/],
    [
      lines([{ ...record, answers: ['answer 1', 'nono'] }]),
      'lengths[1]',
      /answer 1 has 4 code points, the ranking says 2/,
    ],
    [lines([{ ...record, prompt: 'Prompt 2?' }]), 'prompt_id', /the prompt is not the one that was scored/],
  ];
  for (const [text, field, message] of cases) {
    const error = errorIn((await read(text))[0]);
    assert.deepEqual([error.code, error.place.field, error.place.line], ['E_FIELD', field, 1]);
    assert.match(error.message, message);
    assert.notEqual(error.refused, undefined);
  }
});

test('a prompt id of the input is no hash, and is not checked as one', async () => {
  const [kept] = await rankingsOf([{ prompt_id: 'mine', prompt: 'Hi?', answers: ['a'] }], true);
  const [found] = await read(kept);
  assert.ok('answers' in found && found.ranking.prompt_id === 'mine');
});

test('fields of other names are read by the names that score got', async () => {
  const record = { q: 'Hi?', out: ['a', 'b'] };
  const [ranked] = await rankingsOf([{ prompt: record.q, answers: record.out }]);
  const kept = lines([{ ...JSON.parse(ranked), ...record }]);
  const [found] = await read(kept, { fields: { prompt: 'q', answers: 'out' } });
  assert.ok('answers' in found);
  assert.deepEqual(found.answers, ['a', 'b']);
});

test('rankings are joined with the rows that were scored, all of them or some', async () => {
  const rankings = await rankingsOf(ROWS);
  const some = rankings.filter((_, i) => i > 150 && i % 13 === 0);
  for (const chosen of [rankings, some]) {
    const join = await joinOf(ROWS);
    const found = await read(chosen.join(''), { join });
    for (const one of found) {
      assert.ok('answers' in one, `${one}`);
      assert.equal(one.answers[0], `answer ${one.ranking.index}`);
    }
    const { joined, passedOver, refused } = join.counts;
    assert.deepEqual([joined, refused], [chosen.length, 0]);
    assert.ok(joined + passedOver <= ROWS.length && passedOver >= (chosen === some ? 200 : 0));
  }
});

test('rows are found by their id where the input lacks or has other rows, which its numbering shows', async () => {
  const withIds = ROWS.map((row, i) => ({ ...row, id: `r${i}` }));
  const rankings = await rankingsOf(withIds);
  const fewer = withIds.filter((_, i) => i < 30 || i > 90);
  const missing = await read(rankings.join(''), { join: await joinOf(fewer) });
  assert.deepEqual(
    missing.flatMap((one, i) => (one instanceof RowError ? [i] : [])),
    Array.from({ length: 61 }, (_, i) => i + 30),
  );
  const more = [...Array.from({ length: 80 }, (_, i) => ({ prompt: `Other ${i}`, answers: ['x'] })), ...withIds];
  const join = await joinOf(more);
  const found = await read(rankings.join(''), { join });
  assert.ok(found.every((one) => !(one instanceof RowError)));
  assert.deepEqual(join.counts, { joined: 400, passedOver: 80, refused: 0 });
});

test('a ranking without its row is an error of its own, and rows out of order are one too', async () => {
  const rankings = await rankingsOf(ROWS);
  const other = rankings[5].replace(/"prompt_id":"[^"]*"/, '"prompt_id":"sha256:0000000000000000"');
  const found = await read([...rankings.slice(0, 5), other, ...rankings.slice(6)].join(''), {
    join: await joinOf(ROWS),
  });
  const errors = found.filter((one) => one instanceof RowError);
  assert.equal(errors.length, 1);
  assert.deepEqual([errors[0].code, errors[0].place.line, errors[0].place.field], ['E_FIELD', 6, 'prompt_id']);
  assert.match(errors[0].message, /no row of rows.jsonl has prompt_id "sha256:0{16}" and index 5/);
  const swapped = await read([rankings[3], rankings[1], rankings[4]].join(''), { join: await joinOf(ROWS) });
  assert.deepEqual(
    swapped.map((one) => one instanceof RowError),
    [false, true, false],
  );
});

test('rows that cannot be read are passed over and counted; their rankings, if any, are errors', async () => {
  const join = await joinOf([ROWS[0], { prompt: 'no answers' }, ROWS[2]]);
  const [first, , third] = await rankingsOf(ROWS.slice(0, 3));
  const found = await read(first + third, { join });
  assert.ok(found.every((one) => !(one instanceof RowError)));
  assert.deepEqual(join.counts, { joined: 2, passedOver: 0, refused: 1 });
});

test('an answer that changed since is an error', async () => {
  const [ranking] = await rankingsOf(ROWS.slice(0, 1));
  const join = await joinOf([{ ...ROWS[0], answers: ['answer zero', 'no'] }]);
  assert.match(errorIn((await read(ranking, { join }))[0]).message, /answer 0 has 11 code points, the ranking says 8/);
});
