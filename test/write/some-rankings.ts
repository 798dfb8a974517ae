import type { Ranking } from '../../src/contracts/ranking.js';
import type { Xoshiro128 } from '../../src/measure/bootstrap/xoshiro128.js';

const TEXTS = ['', 'a', '2024-01-01', '12', 'null', '{"a": 1}', 'é😀\u2028\t"\\n', 'NUL \0', 'x'.repeat(300)];

/** Rankings with and without each optional field, and with ids of both types. */
export function randomRanking(random: Xoshiro128, index: number, kept: Record<string, unknown> = {}): Ranking {
  const count = 1 + random.below(4);
  const each = <Item>(item: (position: number) => Item) => Array.from({ length: count }, (_, i) => item(i));
  const some = <Value>(value: Value) => (random.below(2) === 0 ? undefined : value);
  const optional = {
    file: some(`${text(random)}.jsonl`),
    id: some(random.below(2) === 0 ? index / 8 : text(random)),
    truncated: some([0]),
    labels: some(each((i) => (i === 0 ? null : i / 2))),
    label_scores: some(each(() => number(random))),
    models: some(each((i) => (i === 0 ? null : text(random)))),
    source: some(random.below(2) === 0 ? [] : [text(random)]),
    turns: some(random.below(9)),
    good_natured: some(random.below(2) === 0),
    win_probability: some(each((i) => (i === 0 ? null : 1 / (i + 1)))),
  };
  return {
    index,
    prompt_id: text(random),
    scores: each(() => number(random)),
    ranks: each((i) => i + 1),
    order: each((i) => i),
    lengths: each(() => random.below(1000)),
    ...Object.fromEntries(Object.entries(optional).filter(([, value]) => value !== undefined)),
    ...kept,
  };
}

export function text(random: Xoshiro128): string {
  return TEXTS[random.below(TEXTS.length)];
}

/** Random numbers, some with all the digits of a double. */
export function number(random: Xoshiro128): number {
  return [0, -1.5, 5e-324, -1.7976931348623157e308, 0.1, random.below(1e9) / 7][random.below(6)];
}

/** A ranking with only the required fields. */
export function bareRanking(index: number, kept: Record<string, unknown> = {}): Ranking {
  return { index, prompt_id: 'p', scores: [0.1], ranks: [1], order: [0], lengths: [1], ...kept };
}
