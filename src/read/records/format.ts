import { COMPRESSIONS, FILE_ENDINGS } from '../../contracts/file-endings.js';

/** Input formats. `json` is one array of records, `jsonl` has one record on each line, `csv` and `tsv` are tables with a header line. */
export const INPUT_FORMATS = ['jsonl', 'json', 'csv', 'tsv', 'parquet', 'arrow'] as const;

export type InputFormat = (typeof INPUT_FORMATS)[number];

/** First bytes of binary formats. An Arrow stream begins with a message, an Arrow file with a magic number. */
const MAGICS: readonly { magic: Buffer; format: InputFormat }[] = [
  { magic: Buffer.from('PAR1'), format: 'parquet' },
  // Parquet with an encrypted footer.
  { magic: Buffer.from('PARE'), format: 'parquet' },
  { magic: Buffer.from('ARROW1'), format: 'arrow' },
  { magic: Buffer.from([0xff, 0xff, 0xff, 0xff]), format: 'arrow' },
];

export const BYTE_ORDER_MARK = Buffer.from([0xef, 0xbb, 0xbf]);

/** The ending of a compressed file, after that of its format. */
const COMPRESSED = new RegExp(`\\.(${COMPRESSIONS.map(({ ending }) => ending).join('|')})$`);

/** Limit of leading blanks when the format of text is recognized. */
const MOST_BLANKS = 4096;

/** Whether the first bytes of an input are enough for `inputFormatOf`. */
export function tellsFormat(head: Buffer): boolean {
  if (MAGICS.some(({ magic }) => head.length < magic.length && startsWith(magic, head))) return false;
  if (head.length < BYTE_ORDER_MARK.length && startsWith(BYTE_ORDER_MARK, head)) return false;
  const text = leadingText(head);
  return head.length >= MOST_BLANKS || text.length > 1 || (text.length === 1 && text !== '[');
}

/** Recognizes the format by the first bytes, else by the name. */
export function inputFormatOf(head: Buffer, name: string): InputFormat {
  const known = MAGICS.find(({ magic }) => startsWith(head, magic));
  if (known !== undefined) return known.format;
  const text = leadingText(head);
  // A line may be a list of texts; a list of anything else is an array of records.
  if (text.startsWith('[')) return text.startsWith('["') ? 'jsonl' : 'json';
  if (text.startsWith('{')) return 'jsonl';
  return formatByName(name) ?? 'jsonl';
}

/** The format by the ending of the name; `undefined` for text, whose first bytes show the format. */
export function formatByName(name: string): InputFormat | undefined {
  const unpacked = name.toLowerCase().replace(COMPRESSED, '');
  const read = FILE_ENDINGS.find(({ ending }) => unpacked.endsWith(`.${ending}`))?.read;
  return read === 'text' ? undefined : read;
}

export function startsWith(bytes: Buffer, start: Buffer): boolean {
  return bytes.subarray(0, start.length).equals(start);
}

/** The first two non-blank characters after the byte order mark. */
function leadingText(head: Buffer): string {
  const text = startsWith(head, BYTE_ORDER_MARK) ? head.subarray(BYTE_ORDER_MARK.length) : head;
  return text
    .toString('latin1')
    .replaceAll(/[ \t\r\n]/g, '')
    .slice(0, 2);
}
