import { isRankingField, RANKING_FIELDS, type Ranking } from '../contracts/ranking.js';

/** Goes before the name of an input field whose own name is taken. */
const OF_INPUT = 'input_';

/**
 * The fields of the input that go along with a ranking, untouched and in their order: all but those that it carries anyway.
 * `scores`, `labels` and what else a ranking says itself go along as `input_scores`, `input_labels`.
 */
export function keptFields(record: Readonly<Record<string, unknown>>): Record<string, unknown> {
  const kept = Object.entries(record).filter(([name]) => !isOfRow(name));
  return Object.fromEntries(kept.map(([name, value]) => [isRankingField(name) ? freeName(name, record) : name, value]));
}

/** Whether a ranking has this field of the row in any case. */
function isOfRow(name: string): boolean {
  return isRankingField(name) && RANKING_FIELDS[name].isOfRow;
}

function freeName(name: string, record: Readonly<Record<string, unknown>>): string {
  const free = `${OF_INPUT}${name}`;
  return Object.hasOwn(record, free) ? freeName(free, record) : free;
}

/** The ranking without the fields that go along. */
export function withoutKept(ranking: Ranking): Ranking {
  const own = Object.entries(ranking).filter(([name]) => isRankingField(name));
  return Object.fromEntries(own) as unknown as Ranking;
}
