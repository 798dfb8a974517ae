import { gzipSync } from 'node:zlib';
import { LIMITS } from '../../../src/read/inputs/inputs.js';
import type { RowOptions } from '../../../src/read/rows.js';
import type { FieldNames } from '../../../src/read/shapes/names.js';
import { parquetBytes } from './bad-files.js';
import type { BadInput } from './bad-inputs.js';

const HEADER = 'id,prompt,answer_a,answer_b,winner\n';
const GOOD = '1,hi,a,b,A\n';

/** What a table with this line between two good ones gives: the error of that row. */
function inTable(bad: string): Pick<BadInput, 'file' | 'name' | 'after' | 'exitCode'> {
  return { file: `${HEADER}${GOOD}${bad}\n${GOOD}`, name: 'rows.csv', after: 1, exitCode: 1 };
}

/** The place of the second row of such a table. */
const BAD_ROW = { line: 3, row: 1, byte: HEADER.length + GOOD.length };

/** Errors of one row of a table. */
const ROWS: readonly BadInput[] = [
  { title: 'a table row with too few cells', ...inTable('2,ho,a'), place: BAD_ROW, says: /found 3 cells, expected 5/ },
  {
    title: 'a table row with too many cells',
    ...inTable('2,ho, you,a,b,B'),
    place: BAD_ROW,
    says: /found 6 cells, expected 5 .*comma inside into double quotes/,
    run: true,
  },
  {
    title: 'text after a closing quote',
    ...inTable('2,"ho" you,a,b,A'),
    place: { ...BAD_ROW, field: 'prompt' },
    says: /goes on after the closing quote .*twice/,
    run: true,
  },
  {
    title: 'a quote in a quoted cell that is not doubled',
    ...inTable('2,ho,"a "quoted" word",b,A'),
    place: { ...BAD_ROW, field: 'answer_a' },
    says: /write a quote inside a quoted cell twice/,
  },
  {
    title: 'a table row in Latin-1',
    file: Buffer.from(`${HEADER}${GOOD}2,caf\xe9,a,b,A\n${GOOD}`, 'latin1'),
    name: 'rows.csv',
    after: 1,
    exitCode: 1,
    place: BAD_ROW,
    says: /invalid UTF-8 at byte 5 of the line/,
  },
  {
    title: 'an empty prompt in a table',
    ...inTable('2,,a,b,A'),
    place: { ...BAD_ROW, field: 'prompt' },
    says: /missing/,
  },
  {
    title: 'an empty answer in a table',
    ...inTable('2,ho,,b,A'),
    place: { ...BAD_ROW, field: 'answer_a' },
    says: /found null, .*an empty string is an answer/,
  },
  {
    title: 'a winner in a table that is none of the answers',
    ...inTable('2,ho,a,b,C'),
    place: { ...BAD_ROW, field: 'winner' },
    says: /found the string "C", expected the better answer: answer_a or answer_b/,
    run: true,
  },
  {
    title: 'a rank in a table that is no number',
    file: 'prompt,a,b,ra,rb\nhi,x,y,1,2\nho,x,y,1,second\nhi,x,y,1,2\n',
    name: 'rows.csv',
    options: { fields: { answers: 'a,b', label: 'ra,rb' }, numbers: new Set(['ra', 'rb']) },
    after: 1,
    exitCode: 1,
    place: { line: 3, row: 1, byte: 28, field: 'rb' },
    says: /found the string "second", expected a finite number/,
  },
  {
    title: 'no answer in any column',
    file: 'prompt,a,b\nhi,x,y\nho,,\nhi,x,y\n',
    name: 'rows.csv',
    options: { fields: { answers: 'a,b' } },
    after: 1,
    exitCode: 1,
    place: { line: 3, row: 1, byte: 18, field: 'a' },
    says: /found null/,
  },
  {
    title: 'a table row beyond the limit',
    ...inTable(`2,ho,${'a'.repeat(200)},b,A`),
    options: { maxLineBytes: 100 },
    place: BAD_ROW,
    says: /longer than 100 bytes/,
  },
  {
    title: 'a list of answers in a cell that is no JSON',
    file: `prompt,answers\nhi,"[""x""]"\nho,"['x']"\nhi,"[""x""]"\n`,
    name: 'rows.csv',
    after: 1,
    exitCode: 1,
    place: { line: 3, row: 1, byte: 28, field: 'answers' },
    says: /found the string "\['x'\]", expected a list/,
  },
  {
    title: 'a number of turns that is none',
    file: 'prompt,response,turns\nhi,x,1\nho,x,many\nhi,x,1\n',
    name: 'rows.csv',
    after: 1,
    exitCode: 1,
    place: { line: 3, row: 1, byte: 29, field: 'turns' },
    says: /found the string "many", expected a whole number/,
  },
  {
    title: 'a tab too many',
    file: 'prompt\tresponse\nhi\tx\nho\tx\ty\nhi\tx\n',
    name: 'rows.tsv',
    after: 1,
    exitCode: 1,
    place: { line: 3, row: 1, byte: 21 },
    says: /found 3 cells, expected 2 .*tab inside/,
  },
].map((one) => ({ ...one, code: codeOf(one.says) }) as BadInput);

/** The code of a row's error, by what it says. */
function codeOf(says: RegExp): BadInput['code'] {
  const text = says.source;
  if (/cells|quote/.test(text)) return 'E_TABLE';
  if (/UTF-8/.test(text)) return 'E_UTF8';
  if (/longer/.test(text)) return 'E_LINE_TOO_LONG';
  if (/missing/.test(text)) return 'E_PROMPT';
  if (/expected a list/.test(text)) return 'E_ANSWERS';
  if (/whole number/.test(text)) return 'E_FIELD';
  return /null/.test(text) ? 'E_ANSWER' : 'E_LABEL';
}

/** Errors that end the run. */
const FILES: readonly BadInput[] = [
  {
    title: 'a column twice',
    file: 'prompt,response,prompt\nhi,a,b\n',
    before: 0,
    place: { line: 1, field: 'prompt' },
    says: /occurs twice in the schema/,
    run: true,
  },
  {
    title: 'a quote that is never closed',
    file: `${HEADER}${GOOD}2,"ho,a,b,A\n${GOOD}`,
    place: { line: 3 },
    says: /never closed/,
    run: true,
  },
  {
    title: 'a table whose lines end with a carriage return alone',
    file: 'prompt,response\rhi,a\r',
    before: 0,
    place: { line: 1 },
    says: /carriage return alone/,
  },
  {
    title: 'a header in Latin-1',
    file: Buffer.from('pr\xf6mpt,response\nhi,a\n', 'latin1'),
    before: 0,
    place: { line: 1 },
    says: /the header is not UTF-8.*iconv/,
  },
  {
    title: 'a table in UTF-16',
    file: Buffer.concat([Buffer.from([0xff, 0xfe]), Buffer.from('prompt,response\nhi,a\n', 'utf16le')]),
    before: 0,
    says: /UTF-16 text.*iconv/,
  },
  {
    title: 'a packed table that is cut off',
    file: gzipSync(`${HEADER}${GOOD.repeat(3000)}`).subarray(0, -8),
    name: 'rows.csv.gz',
    before: 'some',
    says: /the gzip data /,
  },
].map((one) => ({ name: 'rows.csv', code: 'E_READ', exitCode: 1, ...one }) as BadInput);

function grouped(by: string, names: FieldNames = {}, unsorted = false): Partial<RowOptions> {
  const fields = { ...names, groupBy: by };
  return { fields, group: { by, unsorted, most: LIMITS.maxAnswers, names: fields } };
}

const LONG = 'q,prompt,answer,score\n';

/** A long table of three groups, of which the second is bad. */
function inLong(bad: string): Pick<BadInput, 'file' | 'name' | 'after' | 'exitCode' | 'options'> {
  const file = `${LONG}1,hi,a,1\n1,hi,b,2\n${bad}3,hi,a,1\n`;
  return { file, name: 'rows.csv', after: 1, exitCode: 1, options: grouped('q') };
}

const FIRST = LONG.length + 18;

/** Errors of long tables. */
const GROUPS: readonly BadInput[] = [
  {
    title: 'another prompt in a group',
    ...inLong('2,ho,a,1\n2,hu,b,2\n'),
    code: 'E_PROMPT',
    place: { line: 5, row: 1, byte: FIRST + 9, field: 'prompt' },
    says: /differs from the first answer of its group \(line 4, byte 40\)/,
  },
  {
    title: 'an answer of a group without text',
    ...inLong('2,ho,a,1\n2,ho,,2\n'),
    code: 'E_ANSWER',
    place: { line: 5, row: 1, byte: FIRST + 9, field: 'answer' },
    says: /found null/,
  },
  {
    title: 'a label of a group that is no number',
    ...inLong('2,ho,a,1\n2,ho,b,best\n'),
    code: 'E_LABEL',
    place: { line: 5, row: 1, byte: FIRST + 9, field: 'score' },
    says: /found the string "best"/,
  },
  {
    title: 'a ragged row in a group',
    ...inLong('2,ho,a,1\n2,ho\n2,ho,b,2\n'),
    code: 'E_TABLE',
    place: { line: 5, row: 1, byte: FIRST + 9 },
    says: /found 2 cells, expected 4/,
  },
  {
    title: 'a group that appears again',
    file: `${LONG}1,hi,a,1\n2,hi,b,2\n1,hi,b,2\n`,
    name: 'rows.csv',
    options: grouped('q'),
    code: 'E_USAGE',
    exitCode: 2,
    before: 1,
    place: { line: 4, byte: FIRST, field: 'q' },
    says: /the group "1" was at line 2, byte \d+ before|was at line 2 before/,
  },
  {
    title: 'a group that appears again in Parquet',
    file: () => parquetBytes("SELECT q, 'hi' AS prompt, 'a' AS answer FROM (VALUES (1), (2), (1)) t(q)"),
    name: 'rows.parquet',
    options: grouped('q'),
    code: 'E_USAGE',
    exitCode: 2,
    before: 1,
    place: { record: 2, field: 'q' },
    says: /the group 1 was at record 0 before/,
  },
  {
    title: 'too many answers in a group',
    file: `${LONG}1,hi,a,1\n${'2,ho,a,1\n'.repeat(4)}3,hi,a,1\n`,
    name: 'rows.csv',
    options: { ...grouped('q'), group: { by: 'q', unsorted: false, most: 3, names: {} } },
    code: 'E_ANSWERS',
    exitCode: 1,
    place: { line: 3, row: 1, byte: LONG.length + 9, field: 'q' },
    says: /found 4 rows of one group, expected at most 3/,
    after: 1,
  },
  {
    title: 'a field of groups that is not there',
    file: `${LONG}1,hi,a,1\n`,
    name: 'rows.csv',
    options: grouped('query'),
    code: 'E_FIELD',
    exitCode: 1,
    before: 0,
    after: 0,
    place: { line: 2, row: 0, byte: LONG.length, field: 'query' },
    says: /found nothing, .*the row has q, /,
  },
];

export const BAD_TABLES: readonly BadInput[] = [...ROWS, ...FILES, ...GROUPS];
