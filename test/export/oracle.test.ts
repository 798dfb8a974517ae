import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { gunzipSync } from 'node:zlib';
import type { RankedRow } from '../../src/contracts/ranked-row.js';
import type { Ranking } from '../../src/contracts/ranking.js';
import { ranksOf } from '../../src/contracts/ranks.js';
import type { Choices } from '../../src/export/choose/choices.js';
import { chosenRowOf } from '../../src/export/choose/chosen-row-of.js';
import { Dropped } from '../../src/export/choose/dropped.js';
import { group } from '../../src/export/formats/group.js';
import { kwise } from '../../src/export/formats/kwise.js';
import { trlPreference } from '../../src/export/formats/trl-preference.js';
import { ROOT } from '../root.js';

interface OracleRow extends Pick<Ranking, 'index' | 'scores' | 'labels' | 'label_scores'> {
  texts: string[];
  truncated: number[];
}

/** All answers of a row, best first, and what is computed of them. */
interface ExpectedList extends Record<(typeof COMPUTED)[number], number[]> {
  positions: number[];
  ranks: number[];
  reward: number[];
  baseline: number;
}

interface OracleCase {
  choices: Pick<Choices, 'rankBy' | 'pairs' | 'drop' | 'maxPerRow' | 'minMargin' | 'maxLengthRatio'>;
  /** Of each row: positions of the chosen and the rejected answer, and the margin. */
  pairs: [chosen: number, rejected: number, margin: number][][];
  /** Of each row; null if it has too few answers. Absent where another case has the same. */
  lists?: (ExpectedList | null)[];
  counts: Record<string, number>;
}

interface Oracle {
  seed: number;
  rows: OracleRow[];
  cases: OracleCase[];
}

const COMPUTED = ['advantage', 'rloo_advantage', 'grpo_advantage'] as const;

const FORM = { isText: false, layout: 'messages' } as const;

const oracle: Oracle = JSON.parse(gunzipSync(readFileSync(join(ROOT, 'test/oracles/export.json.gz'))).toString('utf8'));

const rows = oracle.rows.map(({ index, scores, labels, label_scores, texts, truncated }): RankedRow => {
  const ranking = {
    index,
    prompt_id: 'p',
    scores,
    ...ranksOf(scores),
    truncated,
    lengths: texts.map((text) => text.length),
    ...(labels && { labels }),
    ...(label_scores && { label_scores }),
  };
  return { ranking, conversation: [{ role: 'user', text: 'Which?' }], answers: texts, place: {}, record: {} };
});

const ORDER_ONLY = { unit: 'answers' } as const;

const isNear = (found: unknown, value: number) =>
  Math.abs(Number(found) - value) <= 1e-12 * Math.max(1, Math.abs(value));

for (const { choices, pairs: expected, lists, counts } of oracle.cases) {
  const full: Choices = { ...choices, top: 1, seed: oracle.seed };
  const title = Object.entries(choices).join(' ');

  test(`pairs, margins and counts of what is left out equal a brute force: ${title}`, () => {
    const dropped = new Dropped();
    for (const [i, row] of rows.entries()) {
      const pairs = chosenRowOf(row, trlPreference, full, dropped)?.pairs ?? [];
      const found = pairs.map(({ chosen, rejected, margin }) => [chosen.position, rejected.position, margin]);
      assert.deepEqual(found, expected[i], `row ${i}`);
    }
    assert.deepEqual(dropped.counts, counts);
  });

  if (lists === undefined) continue;
  test(`order, ranks, baselines and advantages equal a brute force: ${title}`, () => {
    for (const [i, row] of rows.entries()) {
      const chosen = chosenRowOf(row, ORDER_ONLY, full, new Dropped());
      const list: ExpectedList | null = lists[i];
      assert.equal(chosen === undefined, list === null, `row ${i}`);
      if (chosen === undefined || list === null) continue;
      const examples = group.examples(chosen, FORM);
      const { answers } = chosen;
      assert.deepEqual(
        answers.map(({ position }) => position),
        list.positions,
      );
      assert.deepEqual(
        answers.map(({ rank }) => rank),
        list.ranks,
      );
      assert.deepEqual(
        examples.map(({ reward }) => reward),
        list.reward,
      );
      for (const [a, example] of examples.entries()) {
        assert.ok(isNear(example.baseline, list.baseline), `row ${i}`);
        for (const name of COMPUTED) assert.ok(isNear(example[name], list[name][a]), `row ${i}, ${name}`);
      }
    }
  });
}

test('the random rows have all that they should test', () => {
  assert.equal(rows.length, 200);
  const sizes = new Set(rows.map(({ answers }) => answers.length));
  assert.deepEqual([Math.min(...sizes), Math.max(...sizes)], [1, 20]);
  const { rows: all } = oracle;
  assert.ok(all.some(({ scores }) => new Set(scores).size < scores.length));
  assert.ok(all.some(({ labels }) => labels === undefined) && all.some(({ labels }) => labels?.includes(null)));
  const reasons = new Set(oracle.cases.flatMap(({ counts }) => Object.keys(counts)));
  assert.equal(reasons.size, 9, [...reasons].join(' '));
});

test('rows whose answers all tie are left out of formats that learn an order, and of no other', () => {
  const [row] = rows.filter(({ answers }) => answers.length > 1);
  const tied = { ...row, ranking: { ...row.ranking, scores: row.ranking.scores.map(() => 1) } };
  const choices: Choices = { rankBy: 'reward', drop: [], pairs: 'all', top: 1, seed: 1 };
  const dropped = new Dropped();
  assert.equal(chosenRowOf(tied, kwise, choices, dropped), undefined);
  assert.deepEqual(dropped.counts, { all_tie: 1 });
  assert.equal(chosenRowOf(tied, group, choices, dropped)?.answers.length, row.answers.length);
});
