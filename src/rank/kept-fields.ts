import { isDeepStrictEqual } from 'node:util';
import { isRankingField, type Keep, RANKING_FIELDS, type Ranking } from '../contracts/ranking.js';
import type { Row } from '../contracts/row.js';

/** The record of a row, and what was read from one of its fields. */
type RowFields = Pick<Row, 'record' | 'id' | 'source'>;

/** Prefix of an input field whose name is that of a ranking field. */
const OF_INPUT = 'input_';

/** The fields that a ranking carries of its row, beside its own. */
export function keptOf(row: Row, keep: Keep): Record<string, unknown> {
  const { conversation, answers } = row;
  if (keep !== 'turns') return keep ? keptFields(row) : {};
  const prompt = conversation.map(({ role, text }) => ({ role, content: text }));
  return { prompt, answers: answers.map(({ text }) => text) };
}

/**
 * The input fields that are copied to a ranking, unchanged and in order. Fields of the row that every ranking has are left out. Input
 * fields with the names of other ranking fields, such as `scores` and `labels`, become `input_scores`, `input_labels`.
 */
export function keptFields(row: RowFields): Record<string, unknown> {
  const { record } = row;
  const kept = Object.entries(record).filter(([name, value]) => !isOfRow(name) || isOther(name, value, row));
  return Object.fromEntries(kept.map(([name, value]) => [isRankingField(name) ? freeName(name, record) : name, value]));
}

/** Whether a ranking has this field of the row anyway. */
function isOfRow(name: string): boolean {
  return isRankingField(name) && RANKING_FIELDS[name].isOfRow;
}

/** Whether the row's id or source was read from another field than the one of that name. */
function isOther(name: string, value: unknown, { id, source }: RowFields): boolean {
  if (value === null || value === undefined) return false;
  if (name === 'id') return id !== undefined && value !== id;
  if (name !== 'source' || source === undefined) return false;
  return !isDeepStrictEqual(Array.isArray(value) ? value : [value], source);
}

function freeName(name: string, record: Readonly<Record<string, unknown>>): string {
  const free = `${OF_INPUT}${name}`;
  return Object.hasOwn(record, free) ? freeName(free, record) : free;
}

/** The ranking without the copied input fields. */
export function withoutKept(ranking: Ranking): Ranking {
  const own = Object.entries(ranking).filter(([name]) => isRankingField(name));
  return Object.fromEntries(own) as unknown as Ranking;
}
