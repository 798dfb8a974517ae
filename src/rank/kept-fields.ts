import type { Ranking } from '../contracts/ranking.js';

/** What a ranking carries from the input without `--keep`. */
const CARRIED: ReadonlySet<string> = new Set(['id', 'prompt_id', 'source', 'turns', 'good_natured']);

/** What a ranking says itself. */
const SAID: ReadonlySet<string> = new Set([
  'index',
  'file',
  'scores',
  'ranks',
  'order',
  'truncated',
  'labels',
  'label_scores',
  'models',
  'lengths',
]);

/** Goes before the name of an input field whose own name is taken. */
const OF_INPUT = 'input_';

/**
 * The fields of the input that go along with a ranking, untouched and in their order: all but those that it carries anyway.
 * `scores`, `labels` and what else a ranking says itself go along as `input_scores`, `input_labels`.
 */
export function keptFields(record: Readonly<Record<string, unknown>>): Record<string, unknown> {
  const kept = Object.entries(record).filter(([name]) => !CARRIED.has(name));
  return Object.fromEntries(kept.map(([name, value]) => [SAID.has(name) ? freeName(name, record) : name, value]));
}

function freeName(name: string, record: Readonly<Record<string, unknown>>): string {
  const free = `${OF_INPUT}${name}`;
  return Object.hasOwn(record, free) ? freeName(free, record) : free;
}

/** The ranking without the fields that go along. */
export function withoutKept(ranking: Ranking): Ranking {
  const own = Object.entries(ranking).filter(([name]) => CARRIED.has(name) || SAID.has(name));
  return Object.fromEntries(own) as unknown as Ranking;
}
