import { Xoshiro128 } from '../../../src/measure/bootstrap/xoshiro128.js';

const WORDS = [
  'yes',
  'no, never',
  '"quoted"',
  'two\nlines',
  'a\r\nb',
  ';',
  '\t',
  '007',
  'naïve',
  '中文',
  '👩‍👩‍👧',
  "it's",
  ' ',
  '=1+1',
  'null',
];

export const ANSWERS = 7;

/** A row of Nectar's shape. */
export interface NectarRow {
  id: string;
  prompt: string;
  answers: { answer: string; model: string; rank: number }[];
  turns: number;
  source: string[];
  good_natured: boolean;
}

/** Rows of seven answers with texts that are hard to keep in a table. */
export function nectarRows(count: number): NectarRow[] {
  const random = Xoshiro128.seeded(23);
  const word = () => WORDS[random.below(WORDS.length)];
  const text = (most: number) => Array.from({ length: random.below(most + 1) }, word).join(' ');
  return Array.from({ length: count }, (_, row) => ({
    id: `row-${row}`,
    prompt: `\n\nHuman: ${row}: ${text(6)}?\n\nAssistant: `,
    answers: Array.from({ length: ANSWERS }, (_, answer) => ({
      answer: text(8),
      // CSV output has no place for line ends.
      model: `model, ${word().replaceAll(/[\r\n]+/g, ' ')}`,
      rank: 1 + ((answer + row) % ANSWERS) / 2,
    })),
    turns: 1,
    source: [`s${row % 3}`],
    good_natured: row % 2 === 0,
  }));
}

/** As csv.writer of Python quotes cells, except that every empty text is quoted. */
function line(cells: readonly (string | number | boolean)[]): string {
  const quoted = cells.map((cell) => {
    const text = String(cell);
    return text === '' || /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
  });
  return `${quoted.join(',')}\r\n`;
}

const SHARED = ['id', 'prompt', 'turns', 'source', 'good_natured'] as const;

function sharedCells({ id, prompt, turns, source, good_natured }: NectarRow): (string | number | boolean)[] {
  return [id, prompt, turns, JSON.stringify(source), good_natured];
}

const NUMBERS = Array.from({ length: ANSWERS }, (_, i) => i + 1);

/** The flags that name the columns of `wideTable`. */
export const WIDE_FLAGS = ['answer', 'model', 'rank'].flatMap((name) => {
  const flag = { answer: '--answers-field', model: '--model-field', rank: '--label-field' }[name] ?? '';
  return [flag, NUMBERS.map((i) => `${name}_${i}`).join(',')];
});

/** CSV with a row a prompt. */
export function wideTable(rows: readonly NectarRow[]): string {
  const header = [...SHARED, ...NUMBERS.flatMap((i) => [`answer_${i}`, `model_${i}`, `rank_${i}`])];
  const lines = rows.map((row) =>
    line([...sharedCells(row), ...row.answers.flatMap(({ answer, model, rank }) => [answer, model, rank])]),
  );
  return [line(header), ...lines].join('');
}

export const LONG_FLAGS = ['--group-by', 'id'];

/** CSV with a row an answer, in the order of the rows or shuffled. */
export function longTable(rows: readonly NectarRow[], { shuffled = false } = {}): string {
  const lines = rows.flatMap((row) =>
    row.answers.map(({ answer, model, rank }) => line([...sharedCells(row), answer, model, rank])),
  );
  if (shuffled) shuffle(lines);
  return [line([...SHARED, 'answer', 'model', 'rank']), ...lines].join('');
}

function shuffle(items: unknown[]): void {
  const random = Xoshiro128.seeded(1);
  for (let i = items.length - 1; i > 0; i--) {
    const j = random.below(i + 1);
    [items[i], items[j]] = [items[j], items[i]];
  }
}

/** JSON Lines as Nectar has them. */
export function nectarLines(rows: readonly NectarRow[]): string {
  return rows.map((row) => `${JSON.stringify(row)}\n`).join('');
}
