import type { Ranking } from '../../contracts/ranking.js';
import { jsonText } from '../../json/json-text.js';

/** Values of a field of a ranking, as text. A list gives each distinct item; a missing field, null and an empty list give `null`. */
export function valuesOf(ranking: Ranking, field: string): (string | null)[] {
  const value: unknown = Object.hasOwn(ranking, field) ? ranking[field as keyof Ranking] : undefined;
  if (!Array.isArray(value)) return [textOf(value)];
  return value.length === 0 ? [null] : [...new Set(value.map(textOf))];
}

function textOf(value: unknown): string | null {
  if (value === undefined || value === null) return null;
  return typeof value === 'string' || typeof value === 'bigint' ? `${value}` : jsonText(value);
}
