import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { SuspectReason } from '../../../src/contracts/agreement.js';
import type { Ranking } from '../../../src/contracts/ranking.js';
import { Suspects } from '../../../src/measure/audit/suspects.js';
import { rankingOf } from '../rankings.js';

/** A ranking, and the texts of its answers if they are known. */
interface Audited {
  ranking: Ranking;
  texts?: readonly string[];
}

function withTexts(
  texts: readonly string[],
  labels: number[],
  rest: Partial<Ranking> & { scores?: number[] } = {},
): Audited {
  const { scores = labels.map((label) => -label), ...others } = rest;
  return { ranking: rankingOf(scores, labels, others), texts };
}

function suspectsOf(audited: readonly Audited[], most = 100): { rows: [number, SuspectReason[]][]; counts: object } {
  const suspects = new Suspects(most);
  for (const { ranking, texts } of audited) suspects.add(ranking, texts);
  return { rows: suspects.rows.map(({ index, suspect }) => [index, suspect]), counts: suspects.counts };
}

test('equal texts with different labels are found', () => {
  const { rows, counts } = suspectsOf([
    withTexts(['same', 'other', 'same'], [1, 2, 3], { index: 0 }),
    withTexts(['same', 'same', 'third'], [1, 1, 2], { index: 1 }),
    withTexts(['a', 'a', 'b'], [2, 1, 3], { index: 2 }),
  ]);
  assert.deepEqual(rows, [
    [0, [{ kind: 'equal_answers', positions: [0, 2], by: 'text' }]],
    [2, [{ kind: 'equal_answers', positions: [0, 1], by: 'text' }]],
  ]);
  assert.deepEqual(counts, { equal_answers: 2, refusal_first: 0, disagreement: 0, rows_with_texts: 3 });
});

test('without texts, answers of equal score and length count as equal, and refusals are not looked for', () => {
  const ranking = rankingOf([3, 1, 3, 3], [1, 2, 3, 4], { lengths: [7, 7, 7, 8], good_natured: true });
  const { rows, counts } = suspectsOf([{ ranking }]);
  assert.deepEqual(rows[0][1][0], { kind: 'equal_answers', positions: [0, 2], by: 'score_and_length' });
  assert.deepEqual(
    { ...counts, disagreement: 0 },
    { equal_answers: 1, refusal_first: 0, disagreement: 0, rows_with_texts: 0 },
  );
});

test('a refusal with the best label is suspect on good-natured prompts only', () => {
  const texts = ["I'm sorry, but I can't help with that.", 'Boil it for ten minutes.'];
  const of = (labels: number[], good_natured?: boolean) =>
    suspectsOf([withTexts(texts, labels, { ...(good_natured !== undefined && { good_natured }) })]).rows;
  assert.deepEqual(of([1, 2], true), [[0, [{ kind: 'refusal_first', positions: [0] }]]]);
  assert.deepEqual(of([2, 1], true), []);
  assert.deepEqual(of([1, 2], false), []);
  assert.deepEqual(of([1, 2]), []);
});

test('rows whose labels are less likely than by chance are suspect, the least likely first', () => {
  const rows = [1, 5, 3, -2].map((off, index) =>
    rankingOf([0, off], [1, 2], { index, lengths: [1, 2], prompt_id: `p${index}` }),
  );
  const { rows: found, counts } = suspectsOf(rows.map((ranking) => ({ ranking })));
  assert.deepEqual(
    found.map(([index]) => index),
    [1, 2, 0],
  );
  const [reason] = found[0][1];
  assert.ok(reason.kind === 'disagreement');
  // The NLL is ln(1 + e^5); that of a random guess is ln 2.
  assert.ok(Math.abs(reason.nats - (Math.log1p(Math.exp(5)) - Math.LN2)) < 1e-12);
  assert.deepEqual([reason.best_by_reward, reason.best_by_label], [[1], [0]]);
  assert.deepEqual(counts, { equal_answers: 0, refusal_first: 0, disagreement: 3, rows_with_texts: 0 });
});

test('a row with several reasons is listed once, and surer reasons come first', () => {
  const { rows } = suspectsOf([
    withTexts(['a', 'b'], [1, 2], { index: 0, scores: [0, 9] }),
    withTexts(['c', 'c'], [1, 2], { index: 1, scores: [2, 2] }),
    withTexts(["I can't answer that.", 'd', 'd'], [1, 2, 3], { index: 2, scores: [0, 4, 4], good_natured: true }),
  ]);
  assert.deepEqual(
    rows.map(([index, reasons]) => [index, reasons.map(({ kind }) => kind)]),
    [
      [1, ['equal_answers']],
      [2, ['equal_answers', 'refusal_first', 'disagreement']],
      [0, ['disagreement']],
    ],
  );
});

test('only the requested number of rows is held of each kind, the worst', () => {
  const rows = Array.from({ length: 50 }, (_, index) => rankingOf([0, 1 + ((index * 7) % 50)], [1, 2], { index }));
  const { rows: found, counts } = suspectsOf(
    rows.map((ranking) => ({ ranking })),
    3,
  );
  assert.deepEqual(
    found.map(([index]) => (index * 7) % 50),
    [49, 48, 47],
  );
  assert.equal((counts as { disagreement: number }).disagreement, 50);
});
