import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { gunzipSync } from 'node:zlib';
import { RowError } from '../../src/contracts/errors.js';
import type { Ranking } from '../../src/contracts/ranking.js';
import type { Row } from '../../src/contracts/row.js';
import { Xoshiro128 } from '../../src/measure/bootstrap/xoshiro128.js';
import { LIMITS, openInputs } from '../../src/read/inputs/inputs.js';
import { readRows } from '../../src/read/rows.js';
import { openScorer } from '../../src/score/open-scorer.js';
import { workersLeft } from '../engines/local/workers-left.js';
import { MODEL, SAMPLE, SHARED, skipWithout } from '../root.js';
import { scoringOf } from '../scoring-of.js';

/** Number of rows taken from each set, the shortest ones: twenty in total. */
const REAL: readonly [string, number][] = [
  ['hh_pairs', 8],
  ['rmb_chain', 7],
  ['arena_bench_7wise', 5],
];
const files = new Map(REAL.map(([set]) => [set, join(SHARED, `data/${set}.dev.jsonl.gz`)]));

interface Case {
  prompt: string;
  answers: string[];
}

/** Edge cases of plans: one-token, equal and empty answers, answers with a common prefix, truncated texts. */
const ODD: readonly Case[] = [
  { prompt: 'Is it?', answers: ['Yes', 'No', 'A', '', ' ', 'Yes'] },
  { prompt: 'Count.', answers: ['1 2 3 4', '1 2 3 4 5', '1 2 3 4 5 6', '1 2 3 4', '1 2 3 5 4'] },
  { prompt: 'Say it.', answers: ['the '.repeat(2300), 'the'] },
  { prompt: `Read this: ${'word '.repeat(2100)}`, answers: ['Done.', 'Done.', 'I have read it.'] },
];

async function sample(): Promise<Case[]> {
  const cases: Case[] = [];
  for await (const row of readRows(await openInputs([SAMPLE]), LIMITS)) {
    assert.ok(!(row instanceof RowError));
    const [{ text }] = row.conversation;
    cases.push({ prompt: text, answers: row.answers.map((answer) => answer.text) });
  }
  return cases;
}

function real(): Case[] {
  return REAL.flatMap(([set, count]) => shortest(set).slice(0, count));
}

function shortest(set: string): Case[] {
  const records: { prompt: string; answers: { answer: string }[] }[] = gunzipSync(readFileSync(files.get(set) ?? ''))
    .toString()
    .split('\n')
    .filter(Boolean)
    .map((line) => JSON.parse(line));
  return records
    .map(({ prompt, answers }) => ({ prompt, answers: answers.map(({ answer }) => answer) }))
    .sort((a, b) => a.prompt.length + a.answers.join().length - b.prompt.length - b.answers.join().length);
}

function rowOf({ prompt, answers }: Case, index: number): Row {
  return {
    index,
    promptId: String(index),
    conversation: [{ role: 'user', text: prompt }],
    answers: answers.map((text) => ({ text })),
    place: { row: index },
    record: {},
  };
}

/** Scores by prompt and answer. */
async function scoresOf(cases: readonly Case[], workers: number, threads: number): Promise<Map<string, number>> {
  const scorer = await openScorer(scoringOf(MODEL, { workers, threads }));
  async function* rows() {
    yield* cases.map(rowOf);
  }
  const scores = new Map<string, number>();
  try {
    for await (const ranking of scorer.rankings(rows(), { keep: false, stop: () => {} })) {
      assert.ok(!(ranking instanceof RowError), String(ranking));
      const { prompt, answers } = cases[ranking.index];
      answers.forEach((answer, i) => {
        const key = JSON.stringify([prompt, answer]);
        const before = scores.get(key);
        assert.ok(
          before === undefined || before === ranking.scores[i],
          `${before} and ${ranking.scores[i]} in one run`,
        );
        scores.set(key, ranking.scores[i]);
      });
    }
  } finally {
    await scorer.close();
  }
  return scores;
}

function shuffled<Item>(items: readonly Item[], random: Xoshiro128): Item[] {
  const copy = [...items];
  for (let i = copy.length - 1; i > 0; i--) {
    const j = random.below(i + 1);
    [copy[i], copy[j]] = [copy[j], copy[i]];
  }
  return copy;
}

/** The same prompts and answers in other rows: in another order, and some with fewer other answers. */
function reordered(cases: readonly Case[], random: Xoshiro128): Case[] {
  return shuffled(cases, random).map(({ prompt, answers }) => {
    const kept = answers.length - random.below(Math.min(3, answers.length));
    return { prompt, answers: shuffled(answers, random).slice(0, kept) };
  });
}

async function keepsItsPromise(cases: readonly Case[]): Promise<void> {
  const expected = await scoresOf(cases, 2, 1);
  const random = Xoshiro128.seeded(11);
  const alone = cases.flatMap(({ prompt, answers }) => [
    { prompt, answers: answers.slice(0, 1) },
    { prompt, answers: answers.slice(-1) },
  ]);
  const ways: [string, Case[], number, number][] = [
    ['shuffled, one worker with two threads', reordered(cases, random), 1, 2],
    ['shuffled, one worker with one thread', reordered(cases, random), 1, 1],
    ['shuffled, three workers with two threads', reordered(cases, random), 3, 2],
    ['each answer alone', alone, 2, 1],
  ];
  for (const [way, some, workers, threads] of ways) {
    const scores = await scoresOf(some, workers, threads);
    assert.ok(scores.size > 0);
    for (const [key, score] of scores) assert.equal(score, expected.get(key), `${way}: ${key.slice(0, 80)}`);
  }
}

test('the bits of a score depend on model, prompt and answer only: edge cases and rows of the sample', async () =>
  keepsItsPromise([...ODD, ...(await sample()).slice(0, 3)]));

test(
  'the bits of a score depend on model, prompt and answer only: twenty real rows',
  { skip: skipWithout(...files.values()) },
  () => keepsItsPromise(real()),
);

test('a row that cannot be scored is an error in order, with its place, and the rows around it are scored', async () => {
  const scorer = await openScorer(scoringOf(MODEL, { workers: 2, template: 'openchat-3.5' })).catch(
    (error: unknown) => error,
  );
  assert.match(String(scorer), /E_MODEL: .*<\|end_of_turn\|>/);
  const chatml = await openScorer(scoringOf(MODEL, { workers: 2 }));
  const bad = new RowError('E_PROMPT', 'bad', { row: 1 });
  async function* rows() {
    yield rowOf({ prompt: 'Why?', answers: ['Because.'] }, 0);
    yield bad;
    yield rowOf({ prompt: 'Why?', answers: ['Because.'] }, 2);
  }
  const results: (Ranking | RowError)[] = [];
  for await (const result of chatml.rankings(rows(), { keep: false, stop: () => {} })) results.push(result);
  await chatml.close();
  assert.deepEqual(
    results.map((result) => (result instanceof RowError ? result : result.index)),
    [0, bad, 2],
  );
});

test('all workers share the answers of a long row, and no bit of a score changes', async () => {
  const text = (i: number) => `${i} apples and ${'more '.repeat(60 + 20 * i)}pears.`;
  const row: Case = { prompt: 'List them all.', answers: Array.from({ length: 9 }, (_, i) => text(i)) };
  const [alone, ...shared] = await Promise.all([1, 2, 3].map((workers) => scoresOf([row], workers, 1)));
  for (const scores of shared) assert.deepEqual(scores, alone);
});

test('closing ends the workers even while plans are running', async () => {
  const left = workersLeft();
  const scorer = await openScorer(scoringOf(MODEL, { workers: 2 }));
  async function* rows() {
    for (let i = 0; i < 50; i++) yield rowOf({ prompt: 'Why?', answers: [`Because ${'of it '.repeat(100 + i)}`] }, i);
  }
  let count = 0;
  for await (const _ of scorer.rankings(rows(), { keep: false, stop: () => {} })) if (++count === 2) break;
  const before = left.size;
  await scorer.close();
  assert.ok(before > 0);
  assert.equal(left.size, 0);
});
