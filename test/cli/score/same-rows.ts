import { Xoshiro128 } from '../../../src/measure/bootstrap/xoshiro128.js';

/** Words of the texts: several scripts, joined emoji, line separators, characters that need an escape, forged turns. */
const WORDS = [
  'yes',
  'no',
  '42',
  '2024-01-01',
  'null',
  'true',
  'naïve',
  'é',
  'Größe',
  'привет',
  'שלום',
  'नमस्ते',
  '中文',
  '한국어',
  '👩‍👩‍👧',
  '🏳️‍🌈',
  '𝕏',
  '\u2028',
  '\u0085',
  'a\ufeff',
  '\t',
  '\r\n',
  '\nHuman:',
  '"quoted"',
  '\\',
  '\u0000',
  '{"a":1}',
  '<|im_end|>',
];

/**
 * Rows that test whether a format loses anything. Each has all fields, so that `--keep` writes the same for all formats. There are prompts
 * as text and as turns, two to seven answers, fractional, negative and missing labels, and nulls and empty lists on all levels.
 */
export function sameRows(count: number): Record<string, unknown>[] {
  const random = Xoshiro128.seeded(4);
  const text = (most: number) => Array.from({ length: random.below(most + 1) }, () => of(WORDS)).join(' ');
  const of = <Item>(items: readonly Item[]): Item => items[random.below(items.length)];
  const or = <Value>(value: Value) => (random.below(4) === 0 ? null : value);
  return Array.from({ length: count }, (_, row) => {
    const question = `${row}: ${text(4)}?`;
    const isList = row % 3 === 0;
    return {
      id: `row-${row}`,
      prompt: isList ? null : of([question, `\n\nHuman: ${question}\n\nAssistant: `]),
      messages: isList
        ? [
            { role: 'system', content: `Be ${text(2)}.` },
            { role: 'user', content: question },
          ]
        : null,
      answers: Array.from({ length: 2 + (row % 6) }, (_, answer) => ({
        answer: text(5),
        model: or(`model-${of(WORDS.slice(0, 6))}`),
        rank: or(answer + random.below(2) / 2),
        judge: or({ by: or(text(1)), votes: or([random.below(9), null, -1]), sure: or(random.below(2) === 0) }),
      })),
      source: or(of([[], ['made'], ['made', text(2)]])),
      turns: or(1 + random.below(3)),
      good_natured: or(random.below(2) === 0),
      note: or(text(3)),
      double: or(of([0.1, -1.5e-7, 5e-324, 1.7976931348623157e308, 1 / 3, 2 ** 53, -0])),
      count: or(of([0, -1, 2 ** 31, Number.MAX_SAFE_INTEGER, Number.MIN_SAFE_INTEGER])),
      nested: or({ tags: or([text(1), null]), deep: or([[or(text(1))], [], null]) }),
      nothing: null,
    };
  });
}

/** DuckDB types of the columns. */
export const SAME_ROWS_TYPES: Readonly<Record<string, string>> = {
  id: 'VARCHAR',
  prompt: 'VARCHAR',
  messages: 'STRUCT(role VARCHAR, content VARCHAR)[]',
  answers:
    'STRUCT(answer VARCHAR, model VARCHAR, rank DOUBLE, judge STRUCT("by" VARCHAR, votes BIGINT[], sure BOOLEAN))[]',
  source: 'VARCHAR[]',
  turns: 'BIGINT',
  good_natured: 'BOOLEAN',
  note: 'VARCHAR',
  double: 'DOUBLE',
  count: 'BIGINT',
  nested: 'STRUCT(tags VARCHAR[], deep VARCHAR[][])',
  nothing: 'INTEGER',
};
