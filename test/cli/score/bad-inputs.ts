import { gzipSync } from 'node:zlib';
import type { Place } from '../../../src/contracts/errors.js';
import type { ErrorCode } from '../../../src/contracts/exit-codes.js';
import type { RowOptions } from '../../../src/read/rows.js';
import { arrowBytes, encryptedParquet, parquetBytes, zstdFrame } from './bad-files.js';

/** A bad input and its expected error. */
export interface BadInput {
  title: string;
  /** The second of three lines; the error is that of this row, and the rows around it are good. */
  line?: string | Buffer;
  /** Or the content of a whole file. */
  file?: string | Buffer | (() => Promise<Buffer>);
  /** Or a path without a file. */
  path?: string;
  /** Name of the file; `rows.jsonl` if absent. */
  name?: string;
  options?: Partial<RowOptions>;
  code: ErrorCode;
  exitCode: 1 | 2;
  /** Expected place without the file, which is always given. For a `line`, the place of the line is added. */
  place?: Place;
  says: RegExp;
  /** Good rows before the error; 1 if absent, or at least 1 where the reader runs ahead by an unknown amount. */
  before?: number | 'some';
  /** Good rows after the error, which is then an error of one row. */
  after?: number;
  /** Whether the real program runs on it too. */
  run?: true;
}

export const GOOD = '{"prompt":"hi","answers":["a","b"]}';
const GOOD_LINE = `${GOOD}\n`;
const answers = (text: string) => `{"prompt":"hi","answers":${text}}`;
const label = (field: string, value: string) => answers(`[{"answer":"a","${field}":${value}}]`);

/** Lines that are no row. */
const LINES: readonly BadInput[] = [
  { title: 'no JSON', line: 'hello', code: 'E_JSON', exitCode: 1, says: /one JSON object a line/, run: true },
  {
    title: 'a table of text',
    line: 'prompt\tanswer',
    code: 'E_JSON',
    exitCode: 1,
    says: /if this is a text table, .* --input-format csv or tsv/,
  },
  {
    title: 'a byte order mark where files were joined',
    line: `\uFEFF${GOOD}`,
    code: 'E_JSON',
    exitCode: 1,
    says: /byte order mark \(U\+FEFF\).*: remove it$/,
  },
  { title: 'control characters', line: '\x1b[2Jhello\r', code: 'E_JSON', exitCode: 1, says: /^[^\p{Cc}]+$/u },
  { title: 'JSON that ends early', line: '{"prompt":"hi",', code: 'E_JSON', exitCode: 1, says: /at column 16;/ },
  { title: 'two objects on a line', line: `${GOOD} ${GOOD}`, code: 'E_JSON', exitCode: 1, says: /at column 37;/ },
  { title: 'a NUL byte', line: '{"prompt":"\0"}', code: 'E_JSON', exitCode: 1, says: /at column 12;/ },
  { title: 'NaN', line: label('rank', 'NaN'), code: 'E_JSON', exitCode: 1, says: /has no NaN: write null/ },
  { title: '-Infinity', line: label('score', '-Infinity'), code: 'E_JSON', exitCode: 1, says: /has no -Infinity/ },
  { title: 'a comma too many', line: answers('["a",]'), code: 'E_JSON', exitCode: 1, says: /^not JSON: .*']'/ },
  {
    title: 'a repeated key',
    line: '{"prompt":"hi","answers":["a"],"prompt":"ho"}',
    code: 'E_DUPLICATE_KEY',
    exitCode: 1,
    says: /"prompt" occurs twice in one object, again at column 32/,
    run: true,
  },
  {
    title: 'a repeated key in an answer, with other escapes',
    line: answers('[{"answer":"x","\\u0061nswer":"y"}]'),
    code: 'E_DUPLICATE_KEY',
    exitCode: 1,
    says: /"answer" occurs twice in one object/,
  },
  {
    title: 'deep nesting',
    line: `{"prompt":"hi","answers":["a"],"deep":${'['.repeat(50_000)}${']'.repeat(50_000)}}`,
    code: 'E_NESTING',
    exitCode: 1,
    says: /more than 100 nested lists and objects, at column 138.*--max-nesting/,
    run: true,
  },
  { title: 'null', line: 'null', code: 'E_NOT_OBJECT', exitCode: 1, says: /found null/ },
  { title: 'an array', line: `[${GOOD}]`, code: 'E_NOT_OBJECT', exitCode: 1, says: /jq -c '\.\[\]'/ },
  { title: 'a number', line: '12', code: 'E_NOT_OBJECT', exitCode: 1, says: /found 12/ },
  {
    title: 'Latin-1',
    line: Buffer.from('{"prompt":"é"}', 'latin1'),
    code: 'E_UTF8',
    exitCode: 1,
    says: /byte 11 of the line.*iconv/,
    run: true,
  },
  { title: 'a cut character', line: Buffer.from('"é😀').subarray(0, 6), code: 'E_UTF8', exitCode: 1, says: /byte 3 / },
  {
    title: 'an encoded surrogate',
    line: Buffer.from([0x22, 0xed, 0xa0, 0x80]),
    code: 'E_UTF8',
    exitCode: 1,
    says: /byte 1 /,
  },
  {
    title: 'a line of 50 MB',
    line: `{"prompt":"${'x'.repeat(50_000_000)}"}`,
    code: 'E_LINE_TOO_LONG',
    exitCode: 1,
    says: /longer than 32 MiB.*--max-line/,
    run: true,
  },
  { title: 'no fields', line: '{}', code: 'E_SHAPE', exitCode: 1, says: /found no fields, expected a prompt with/ },
  {
    title: 'other fields',
    line: '{"text":"a","label":1}',
    code: 'E_SHAPE',
    exitCode: 1,
    says: /found the fields text, label, expected .*--prompt-field/,
  },
  { title: 'a ranking', line: '{"scores":[1],"prompt_id":"p"}', code: 'E_SHAPE', exitCode: 1, says: /--scored/ },
  {
    title: 'no prompt',
    line: '{"answers":["a"]}',
    code: 'E_PROMPT',
    exitCode: 1,
    place: { field: 'prompt' },
    says: /missing/,
  },
  {
    title: 'a null prompt',
    line: '{"prompt":null,"answers":["a"]}',
    code: 'E_PROMPT',
    exitCode: 1,
    place: { field: 'prompt' },
    says: /missing/,
  },
  {
    title: 'an empty prompt',
    line: '{"prompt":"","answers":["a"]}',
    code: 'E_PROMPT',
    exitCode: 1,
    place: { field: 'prompt' },
    says: /empty/,
  },
  {
    title: 'a blank prompt',
    line: '{"prompt":" \\n","answers":["a"]}',
    code: 'E_PROMPT',
    exitCode: 1,
    place: { field: 'prompt' },
    says: /empty/,
  },
  {
    title: 'a number as prompt',
    line: '{"prompt":5,"answers":["a"]}',
    code: 'E_PROMPT',
    exitCode: 1,
    place: { field: 'prompt' },
    says: /found 5/,
    run: true,
  },
  {
    title: 'two prompts',
    line: '{"prompt":"hi","messages":[{"role":"user","content":"ho"}],"answers":["a"]}',
    code: 'E_PROMPT',
    exitCode: 1,
    place: { field: 'messages' },
    says: /both prompt and messages/,
  },
  {
    title: 'a lone surrogate in a prompt',
    line: '{"prompt":"a\\ud83d","answers":["a"]}',
    code: 'E_FIELD',
    exitCode: 1,
    place: { field: 'prompt' },
    says: /\\ud83d/,
  },
  {
    title: 'no answers',
    line: '{"prompt":"hi"}',
    code: 'E_ANSWERS',
    exitCode: 1,
    place: { field: 'answers' },
    says: /found no answers/,
  },
  {
    title: '0 answers',
    line: answers('[]'),
    code: 'E_ANSWERS',
    exitCode: 1,
    place: { field: 'answers' },
    says: /found an empty array/,
    run: true,
  },
  {
    title: '1001 answers',
    line: answers(JSON.stringify(Array(1001).fill('a'))),
    code: 'E_ANSWERS',
    exitCode: 1,
    place: { field: 'answers' },
    says: /found 1001 answers, expected at most 1000.*--max-answers/,
  },
  {
    title: 'a string as answers',
    line: answers('"a"'),
    code: 'E_ANSWERS',
    exitCode: 1,
    place: { field: 'answers' },
    says: /found the string "a"/,
  },
  {
    title: 'a null answer',
    line: answers('["a",null]'),
    code: 'E_ANSWER',
    exitCode: 1,
    place: { field: 'answers[1]' },
    says: /found null/,
  },
  {
    title: 'a number as answer',
    line: answers('[3]'),
    code: 'E_ANSWER',
    exitCode: 1,
    place: { field: 'answers[0]' },
    says: /found 3/,
  },
  {
    title: 'an answer without text',
    line: answers('[{"rank":1}]'),
    code: 'E_ANSWER',
    exitCode: 1,
    place: { field: 'answers[0].answer' },
    says: /found nothing/,
  },
  {
    title: 'a null text',
    line: answers('[{"answer":null,"text":"x"}]'),
    code: 'E_ANSWER',
    exitCode: 1,
    place: { field: 'answers[0].answer' },
    says: /found null/,
  },
  {
    title: 'a number as text',
    line: answers('[{"text":1}]'),
    code: 'E_ANSWER',
    exitCode: 1,
    place: { field: 'answers[0].text' },
    says: /found 1/,
  },
  {
    title: 'a lone surrogate in an answer',
    line: answers('[{"answer":"\\udc00"}]'),
    code: 'E_FIELD',
    exitCode: 1,
    place: { field: 'answers[0].answer' },
    says: /\\udc00/,
  },
  {
    title: 'a lone surrogate in a plain answer',
    line: answers('["a","\\udc00"]'),
    code: 'E_FIELD',
    exitCode: 1,
    place: { field: 'answers[1]' },
    says: /half of a surrogate pair/,
  },
  {
    title: 'a rank that is a string',
    line: label('rank', '"1"'),
    code: 'E_LABEL',
    exitCode: 1,
    place: { field: 'answers[0].rank' },
    says: /found the string "1"/,
    run: true,
  },
  {
    title: 'an infinite rank',
    line: label('rank', '1e999'),
    code: 'E_LABEL',
    exitCode: 1,
    place: { field: 'answers[0].rank' },
    says: /found Infinity/,
  },
  {
    title: 'a boolean as score',
    line: answers('["a",{"answer":"b","score":true}]'),
    code: 'E_LABEL',
    exitCode: 1,
    place: { field: 'answers[1].score' },
    says: /found true/,
  },
  {
    title: 'a list as model',
    line: label('model', '[]'),
    code: 'E_FIELD',
    exitCode: 1,
    place: { field: 'answers[0].model' },
    says: /found an empty array/,
  },
  {
    title: 'an object as id',
    line: '{"prompt":"hi","answers":["a"],"id":{}}',
    code: 'E_FIELD',
    exitCode: 1,
    place: { field: 'id' },
    says: /found an object/,
  },
  {
    title: 'an id that JSON rounds',
    line: '{"prompt":"hi","answers":["a"],"prompt_id":9007199254740993}',
    code: 'E_FIELD',
    exitCode: 1,
    place: { field: 'prompt_id' },
    says: /at most 15 digits/,
  },
  {
    title: 'a number as source',
    line: '{"prompt":"hi","answers":["a"],"source":1}',
    code: 'E_FIELD',
    exitCode: 1,
    place: { field: 'source' },
    says: /found 1/,
  },
  {
    title: 'a null among sources',
    line: '{"prompt":"hi","answers":["a"],"source":["b",null]}',
    code: 'E_FIELD',
    exitCode: 1,
    place: { field: 'source[1]' },
    says: /found null/,
  },
  {
    title: 'half a turn',
    line: '{"prompt":"hi","answers":["a"],"turns":1.5}',
    code: 'E_FIELD',
    exitCode: 1,
    place: { field: 'turns' },
    says: /found 1.5/,
  },
  {
    title: 'a string as boolean',
    line: '{"prompt":"hi","answers":["a"],"good_natured":"true"}',
    code: 'E_FIELD',
    exitCode: 1,
    place: { field: 'good_natured' },
    says: /found the string "true"/,
  },
];

const ZEROS = { file: Buffer.alloc(0), before: 0 };
const TWO_MEMBERS = Buffer.concat([gzipSync(GOOD_LINE), gzipSync(GOOD_LINE.repeat(9))]);
const flipped = (bytes: Buffer, at: number) => {
  const other = Buffer.from(bytes);
  other[at < 0 ? other.length + at : at] ^= 0x55;
  return other;
};

/** Compressed and binary files. */
const PACKED: readonly BadInput[] = [
  {
    title: 'a truncated gzip file',
    file: TWO_MEMBERS.subarray(0, -9),
    code: 'E_READ',
    exitCode: 1,
    says: /^the gzip data ends too early, after \d+ unpacked bytes, at byte \d+ of the file/,
    before: 10,
    run: true,
  },
  {
    title: 'a gzip file with a wrong checksum',
    file: flipped(TWO_MEMBERS, -5),
    code: 'E_READ',
    exitCode: 1,
    says: /^the gzip data is damaged \(.*check/,
    before: 10,
  },
  {
    title: 'a gzip file followed by text',
    file: Buffer.concat([gzipSync(GOOD_LINE), Buffer.from(GOOD_LINE)]),
    code: 'E_READ',
    exitCode: 1,
    says: /is followed by other bytes.*head -c \d+ /,
  },
  {
    title: 'a truncated Zstandard file',
    file: Buffer.concat([zstdFrame(GOOD_LINE), zstdFrame(GOOD_LINE).subarray(0, -1)]),
    code: 'E_READ',
    exitCode: 1,
    says: /^the Zstandard data ends too early, after 36 unpacked bytes, at byte 95 of the file/,
    run: true,
  },
  {
    title: 'a Zstandard file followed by text',
    file: Buffer.concat([zstdFrame(GOOD_LINE), Buffer.from(GOOD_LINE)]),
    code: 'E_READ',
    exitCode: 1,
    says: /is followed by other bytes/,
  },
  {
    title: 'a gzip bomb',
    file: gzipSync(Buffer.concat([Buffer.from(GOOD_LINE), Buffer.alloc(2 ** 22, '\n')])),
    options: { maxUnpackedBytes: 2 ** 20 },
    code: 'E_READ',
    exitCode: 1,
    says: /^the gzip data unpacks to more than 0.000977 GiB \(1048576 bytes\), by byte \d+ .*--max-unpacked/,
  },
  {
    title: 'a Zstandard bomb',
    file: Buffer.concat([zstdFrame(GOOD_LINE), ...Array<Buffer>(40).fill(zstdFrame('\n'.repeat(2 ** 16), 'repeated'))]),
    options: { maxUnpackedBytes: 2 ** 20 },
    code: 'E_READ',
    exitCode: 1,
    says: /^the Zstandard data unpacks to more than 0.000977 GiB/,
  },
  {
    title: 'gzip in gzip',
    file: gzipSync(gzipSync(GOOD_LINE)),
    code: 'E_READ',
    exitCode: 1,
    says: /looks like gzip inside a compressed file.*unpack it once/,
    before: 0,
  },
  ...(
    [
      ['xz', 'fd377a585a0000', /looks like xz, .*try: xz -dc .* \| starling-rm score -$/],
      ['bzip2', '425a6839', /looks like bzip2, .*bzip2 -dc/],
      ['zip', '504b0304', /looks like zip, .*unzip -p/],
      ['7z', '377abcaf271c', /looks like 7z, .*7z x -so/],
      ['LZ4', '04224d18', /looks like LZ4, .*lz4 -dc/],
    ] as const
  ).map(([kind, hex, says]): BadInput => {
    const file = Buffer.concat([Buffer.from(hex, 'hex'), Buffer.alloc(300)]);
    return {
      title: `an ${kind} file`,
      file,
      code: 'E_READ',
      exitCode: 1,
      says,
      before: 0,
      ...(kind === 'xz' && { run: true }),
    };
  }),
  ...(
    [
      ['UTF-16 with its mark', Buffer.from(`\ufeff${GOOD_LINE}`, 'utf16le'), /UTF-16 text.*iconv -f UTF-16 -t UTF-8/],
      ['UTF-16 without a mark', Buffer.from(GOOD_LINE, 'utf16le'), /UTF-16 text.*iconv -f UTF-16LE -t UTF-8/],
      ['UTF-16, big end first', Buffer.from(`\ufeff${GOOD_LINE}`, 'utf16le').swap16(), /UTF-16 text.*iconv/],
      [
        'UTF-16, big end first, without a mark',
        Buffer.from(GOOD_LINE, 'utf16le').swap16(),
        /iconv -f UTF-16BE -t UTF-8/,
      ],
      ['UTF-32', Buffer.from('fffe00007b000000', 'hex'), /UTF-32 text.*iconv -f UTF-32 -t UTF-8/],
    ] as const
  ).map(([title, file, says]): BadInput => {
    return {
      title,
      file,
      code: 'E_READ',
      exitCode: 1,
      says,
      before: 0,
      ...(title.endsWith('its mark') && { run: true }),
    };
  }),
  {
    title: 'a picture',
    file: Buffer.from('89504e470d0a', 'hex'),
    code: 'E_UTF8',
    exitCode: 1,
    place: { line: 1, byte: 0, row: 0 },
    says: /invalid UTF-8 at byte 0 /,
    before: 0,
    after: 0,
  },
  {
    title: 'a program',
    file: Buffer.from('\x7fELF\x02\x01\x01\0'),
    code: 'E_JSON',
    exitCode: 1,
    place: { line: 1, byte: 0, row: 0 },
    says: /^not JSON/,
    before: 0,
    after: 0,
  },
];

/** Arrays of rows. */
const ARRAYS: readonly BadInput[] = [
  {
    title: 'an array with a bad element',
    file: `[\n  ${GOOD},\n  {"prompt":"hi","answers":[]},\n  ${GOOD}\n]\n`,
    code: 'E_ANSWERS',
    exitCode: 1,
    place: { line: 3, byte: 43, row: 1, field: 'answers' },
    says: /found an empty array/,
    after: 1,
    run: true,
  },
  {
    title: 'a truncated array',
    file: `[${GOOD},\n${GOOD.slice(0, 9)}`,
    code: 'E_READ',
    exitCode: 1,
    place: { line: 2 },
    says: /ends inside the array/,
  },
  {
    title: 'an array followed by something else',
    file: `[${GOOD}]\n{}`,
    code: 'E_READ',
    exitCode: 1,
    place: { line: 2 },
    says: /continues after the array/,
  },
  {
    title: 'an array without a comma',
    file: `[${GOOD} ${GOOD}]`,
    code: 'E_JSON',
    exitCode: 1,
    place: { line: 1, byte: 1, row: 0 },
    says: /^not JSON.* at column 37/,
    before: 0,
    after: 0,
  },
];

const COLUMNS = "SELECT 'hi' AS prompt, ['a', 'b'] AS answers";
const bad = (columns: string) => () => parquetBytes(`${COLUMNS} UNION ALL ${columns} UNION ALL ${COLUMNS}`);
const BAD_RECORD = { record: 1, row: 1 };

const PARQUET: readonly BadInput[] = [
  {
    title: 'truncated Parquet',
    file: async () => (await parquetBytes(COLUMNS)).subarray(0, -20),
    code: 'E_READ',
    exitCode: 1,
    says: /^the Parquet data cannot be read, after 0 rows: /,
    before: 0,
    run: true,
  },
  {
    title: 'Parquet that is damaged after its first rows',
    file: async () => {
      const query = "SELECT 'p' || i AS prompt, [md5(i::VARCHAR)] AS answers FROM range(40960) t(i)";
      const bytes = await parquetBytes(query, 'ROW_GROUP_SIZE 4096, COMPRESSION uncompressed');
      return bytes.fill(0xff, Math.floor(bytes.length * 0.6), Math.floor(bytes.length * 0.7));
    },
    code: 'E_READ',
    exitCode: 1,
    says: /^the Parquet data cannot be read, after [1-9]\d* rows: /,
    before: 'some',
  },
  {
    title: 'encrypted Parquet',
    file: encryptedParquet,
    code: 'E_READ',
    exitCode: 1,
    says: /cannot be read, after 0 rows: .*encrypt/,
    before: 0,
    run: true,
  },
  {
    title: 'Parquet of no bytes',
    ...ZEROS,
    name: 'rows.parquet',
    code: 'E_READ',
    exitCode: 1,
    says: /too small to be a Parquet file/,
    run: true,
  },
  {
    title: 'Parquet in gzip',
    file: async () => gzipSync(await parquetBytes(COLUMNS)),
    code: 'E_READ',
    exitCode: 1,
    says: /^Parquet is read from its end, so it cannot come through a pipe or as a compressed file/,
    before: 0,
  },
  {
    title: 'text in a file with a Parquet name',
    file: 'prompt,answer\nhi,a\n',
    name: 'rows.parquet',
    code: 'E_READ',
    exitCode: 1,
    says: /No magic bytes found at end/,
    before: 0,
  },
  {
    title: 'JSON lines with --input-format parquet',
    file: GOOD_LINE,
    options: { format: 'parquet' },
    code: 'E_READ',
    exitCode: 1,
    says: /No magic bytes found at end/,
    before: 0,
  },
  {
    title: 'Parquet with --input-format jsonl',
    file: () => parquetBytes(COLUMNS),
    options: { format: 'jsonl' },
    code: 'E_READ',
    exitCode: 1,
    says: /looks like Parquet/,
    before: 0,
  },
  {
    title: 'Parquet without the columns',
    file: () => parquetBytes('SELECT 1 AS a, 2 AS b'),
    code: 'E_SHAPE',
    exitCode: 1,
    place: { record: 0, row: 0 },
    says: /found the fields a, b, expected a prompt with a list of answers in answers/,
    before: 0,
    after: 0,
    run: true,
  },
  {
    title: 'Parquet with numbers as prompts',
    file: () => parquetBytes("SELECT 5 AS prompt, ['a'] AS answers"),
    code: 'E_PROMPT',
    exitCode: 1,
    place: { record: 0, row: 0, field: 'prompt' },
    says: /found 5/,
    before: 0,
    after: 0,
  },
  {
    title: 'Parquet with text as answers',
    file: () => parquetBytes("SELECT 'hi' AS prompt, 'a' AS answers"),
    code: 'E_ANSWERS',
    exitCode: 1,
    place: { record: 0, row: 0, field: 'answers' },
    says: /found the string "a", expected a list/,
    before: 0,
    after: 0,
  },
  {
    title: 'Parquet with text as ranks',
    file: () => parquetBytes("SELECT 'hi' AS prompt, [{answer: 'a', rank: '1'}] AS answers"),
    code: 'E_LABEL',
    exitCode: 1,
    place: { record: 0, row: 0, field: 'answers[0].rank' },
    says: /found the string "1"/,
    before: 0,
    after: 0,
  },
  {
    title: 'a rank in Parquet that is NaN',
    file: () => parquetBytes("SELECT 'hi' AS prompt, [{answer: 'a', rank: 'nan'::DOUBLE}] AS answers"),
    code: 'E_LABEL',
    exitCode: 1,
    place: { record: 0, row: 0, field: 'answers[0].rank' },
    says: /found NaN/,
    before: 0,
    after: 0,
  },
  {
    title: 'a null prompt in Parquet',
    file: bad("SELECT NULL, ['a']"),
    code: 'E_PROMPT',
    exitCode: 1,
    place: { ...BAD_RECORD, field: 'prompt' },
    says: /missing/,
    after: 1,
  },
  {
    title: '0 answers in Parquet',
    file: bad("SELECT 'hi', []"),
    code: 'E_ANSWERS',
    exitCode: 1,
    place: { ...BAD_RECORD, field: 'answers' },
    says: /found an empty array/,
    after: 1,
  },
  {
    title: 'a null answer in Parquet',
    file: bad("SELECT 'hi', ['a', NULL]"),
    code: 'E_ANSWER',
    exitCode: 1,
    place: { ...BAD_RECORD, field: 'answers[1]' },
    says: /found null/,
    after: 1,
  },
  {
    title: 'a row of Parquet with more text than a line may have',
    file: bad("SELECT 'hi', ['a', repeat('é', 2049)]"),
    options: { maxLineBytes: 4096 },
    code: 'E_LINE_TOO_LONG',
    exitCode: 1,
    place: BAD_RECORD,
    says: /the row holds more than 4096 bytes of text; .*--max-line/,
    after: 1,
  },
  {
    title: 'text in Parquet that is not UTF-8',
    file: async () => {
      const bytes = await parquetBytes(
        "SELECT 'here: ' || i AS prompt, ['a'] AS answers FROM range(9) t(i)",
        'COMPRESSION uncompressed',
      );
      for (let at = bytes.indexOf('here: 4'); at !== -1; at = bytes.indexOf('here: 4', at)) bytes[at] = 0xff;
      return bytes;
    },
    code: 'E_READ',
    exitCode: 1,
    says: /cannot be read, after 0 rows: .*not valid UTF8/,
    before: 0,
  },
];

const ARROW: readonly BadInput[] = [
  {
    title: 'a truncated Arrow stream',
    file: async () => (await arrowBytes('stream', 3)).subarray(0, -60),
    code: 'E_READ',
    exitCode: 1,
    says: /^the Arrow data is damaged or ends too early, after 2 rows \(/,
    before: 2,
    run: true,
  },
  {
    title: 'an Arrow stream without its end mark',
    file: async () => (await arrowBytes('stream', 3)).subarray(0, -8),
    code: 'E_READ',
    exitCode: 1,
    says: /after 3 rows \(it has no end mark\)/,
    before: 3,
  },
  {
    title: 'an Arrow stream followed by another',
    file: async () => Buffer.concat([await arrowBytes('stream', 1), await arrowBytes('stream', 1)]),
    code: 'E_READ',
    exitCode: 1,
    says: /after 1 rows \(other bytes follow its end mark\)/,
  },
  {
    title: 'a truncated Arrow file',
    file: async () => (await arrowBytes('file', 3)).subarray(0, -30),
    code: 'E_READ',
    exitCode: 1,
    says: /^the Arrow data is damaged or ends too early, after \d rows/,
    before: 0,
    run: true,
  },
  {
    title: 'Arrow of no bytes',
    ...ZEROS,
    name: 'rows.arrow',
    code: 'E_READ',
    exitCode: 1,
    says: /after 0 rows \(it has no end mark\)/,
  },
  {
    title: 'an Arrow file that was truncated to its magic bytes',
    file: 'ARROW1\0\0 and more',
    code: 'E_READ',
    exitCode: 1,
    says: /^the Arrow data is damaged or ends too early, after 0 rows/,
    before: 0,
  },
  {
    title: 'JSON lines with --input-format arrow',
    file: GOOD_LINE,
    options: { format: 'arrow' },
    code: 'E_READ',
    exitCode: 1,
    says: /^the Arrow data is damaged/,
    before: 0,
  },
  {
    title: 'Arrow without the columns',
    file: () => arrowBytes('file', 1, { a: 'int64', b: 'string' }, [[1, 'x']]),
    code: 'E_SHAPE',
    exitCode: 1,
    place: { record: 0, row: 0 },
    says: /found the fields a, b/,
    before: 0,
    after: 0,
  },
  {
    title: 'Arrow with numbers as answers',
    file: () => arrowBytes('stream', 1, { prompt: 'string', answers: { list: 'double' } }, [['hi', [0.5]]]),
    code: 'E_ANSWER',
    exitCode: 1,
    place: { record: 0, row: 0, field: 'answers[0]' },
    says: /found 0.5/,
    before: 0,
    after: 0,
  },
  {
    title: 'text in Arrow that is not UTF-8',
    file: async () => {
      const bytes = await arrowBytes('stream', 3);
      bytes[bytes.indexOf('hi 1') + 1] = 0xff;
      return bytes;
    },
    code: 'E_UTF8',
    exitCode: 1,
    place: { ...BAD_RECORD, field: 'prompt' },
    says: /invalid UTF-8 at byte 1 of the text/,
    after: 1,
  },
];

/** Paths that are no file of rows. `FOLDER` is a folder with one empty folder in it. */
const PATHS: readonly BadInput[] = [
  {
    title: 'a missing file',
    path: 'FOLDER/missing.jsonl',
    code: 'E_NO_INPUT',
    exitCode: 2,
    says: /there is no such file/,
    run: true,
  },
  { title: 'a file in a file', path: '/dev/null/rows', code: 'E_NO_INPUT', exitCode: 2, says: /there is no such file/ },
  {
    title: 'a folder without data',
    path: 'FOLDER/empty',
    code: 'E_NO_INPUT',
    exitCode: 2,
    says: /this folder has no data files/,
    run: true,
  },
  {
    title: 'a pattern without matches',
    path: 'FOLDER/*.parquet',
    code: 'E_NO_INPUT',
    exitCode: 2,
    says: /no file matches this pattern/,
  },
  { title: 'a name of nothing', path: '', code: 'E_NO_INPUT', exitCode: 2, says: /there is no such file/ },
].map((one) => ({ ...one, before: 0 }) as BadInput);

export const BAD_INPUTS: readonly BadInput[] = [...LINES, ...PACKED, ...ARRAYS, ...PARQUET, ...ARROW, ...PATHS];
