import assert from 'node:assert/strict';
import { test } from 'node:test';
import { gzipSync } from 'node:zlib';
import { StarlingError } from '../../../../src/contracts/errors.js';
import { plainText } from '../../../../src/read/records/json/plain-text.js';
import { collect, rowsOf } from '../../collect.js';
import { TempFolder } from '../../temp-folder.js';

const folder = new TempFolder();
const bytesOf = (base64: string) => Buffer.from(base64, 'base64');

/** The start of a tar: a name, numbers, and the magic of the format. */
function tarOf(magic: string): Buffer {
  const header = Buffer.alloc(512);
  header.write('rows.jsonl');
  header.write(magic, 257);
  return header;
}

/** `{}` and a newline compressed with xz 5.2, bzip2 1.0, lz4 1.9 and zip 3.0; the other headers follow their specifications. */
const OTHER_KINDS: readonly { bytes: Buffer; says: string }[] = [
  { bytes: Buffer.from([0x1f, 0x8b, 8, 0, 0, 0, 0]), says: 'gzip inside a compressed file; unpack it once' },
  { bytes: Buffer.from([0x28, 0xb5, 0x2f, 0xfd, 0, 0]), says: 'Zstandard inside a compressed file; unpack it once' },
  { bytes: Buffer.from('PAR1\n\n\n'), says: 'Parquet inside a compressed file; unpack it once' },
  { bytes: Buffer.from('ARROW1\0\0'), says: 'Arrow inside a compressed file; unpack it once' },
  {
    bytes: bytesOf('/Td6WFoAAATm1rRGAgAhARYAAAB0L+WjAQACe30KAABjoYrgtQNpOgABGwMLL7kQH7bzfQEAAAAABFla'),
    says: 'xz; xz -dc',
  },
  { bytes: bytesOf('QlpoOTFBWSZTWVfI3pYAAADAgAAQAAogACGYGYRhdyRThQkFfI3pYA=='), says: 'bzip2; bzip2 -dc' },
  { bytes: bytesOf('BCJNGGRApwMAAIB7fQoAAAAARlZ3XQ=='), says: 'LZ4; lz4 -dc' },
  { bytes: bytesOf('UEsDBAoAAAAAAOmqeF0GsKHdAwAAAAMAAAAHABwAYS5qc29ubA=='), says: 'zip; unzip -p' },
  { bytes: Buffer.from([0x1f, 0x9d, 0x90, 0x7b]), says: 'compress (.Z); gzip -dc' },
  { bytes: Buffer.from([0x37, 0x7a, 0xbc, 0xaf, 0x27, 0x1c, 0, 4]), says: '7z; 7z x -so' },
  { bytes: tarOf('ustar\x0000'), says: 'tar; tar -xOf' },
  { bytes: tarOf('ustar  \0'), says: 'tar; tar -xOf' },
  { bytes: Buffer.from('\ufeff{}\n', 'utf16le'), says: 'UTF-16 text; iconv -f UTF-16 -t UTF-8' },
  { bytes: Buffer.from('\ufeff{}\n', 'utf16le').swap16(), says: 'UTF-16 text; iconv -f UTF-16 -t UTF-8' },
  { bytes: Buffer.from('{}\n', 'utf16le'), says: 'UTF-16 text; iconv -f UTF-16LE -t UTF-8' },
  { bytes: Buffer.from('{}\n', 'utf16le').swap16(), says: 'UTF-16 text; iconv -f UTF-16BE -t UTF-8' },
  { bytes: Buffer.from('fffe00007b000000', 'hex'), says: 'UTF-32 text; iconv -f UTF-32 -t UTF-8' },
  { bytes: Buffer.from('0000feff0000007b', 'hex'), says: 'UTF-32 text; iconv -f UTF-32 -t UTF-8' },
];

async function* inTwo(bytes: Buffer, at: number): AsyncGenerator<Buffer> {
  yield bytes.subarray(0, at);
  yield bytes.subarray(at);
}

async function errorOf(bytes: Buffer, at: number, file: string): Promise<string> {
  try {
    await collect(plainText(inTwo(bytes, at), file));
  } catch (error) {
    assert.ok(error instanceof StarlingError);
    assert.equal(error.code, 'E_READ');
    assert.deepEqual(error.place, { file });
    return error.message;
  }
  return 'no error';
}

for (const { bytes, says } of OTHER_KINDS) {
  test(`a file of another kind is one error that says what to do: ${says}`, async () => {
    const [kind, remedy] = says.split('; ');
    const hint = remedy === 'unpack it once' ? remedy : `try: ${remedy} given.bin | starling-rm score -`;
    for (let at = 0; at <= bytes.length; at++) {
      const message = await errorOf(bytes, at, 'given.bin');
      assert.equal(message, `this looks like ${kind}, expected JSON lines in UTF-8; ${hint}`);
    }
  });
}

test('the command in the message quotes the file for the shell; for stdin it has a placeholder', async () => {
  const bytes = Buffer.from('BZh9');
  const typed: readonly [string, string][] = [
    ['data/rows-1.jsonl.bz2', 'data/rows-1.jsonl.bz2'],
    ['my rows.bz2', "'my rows.bz2'"],
    ["it's $HOME.bz2", "'it'\\''s $HOME.bz2'"],
    ['-x', './-x'],
    ['<stdin>', 'file'],
  ];
  for (const [file, name] of typed) {
    assert.ok((await errorOf(bytes, 0, file)).endsWith(`; try: bzip2 -dc ${name} | starling-rm score -`));
  }
});

test('a compressed tar is refused, and a row with "custard" at the offset of the magic number of tar is read', async () => {
  await assert.rejects(rowsOf(folder.file(gzipSync(tarOf('ustar\x0000')))), /this looks like tar, /);
  const begin = '{"answers": ["a"], "prompt": "';
  const line = `${begin}${' '.repeat(256 - begin.length)}custard  is sweet"}\n`;
  assert.equal(line.indexOf('ustar'), 257);
  assert.equal((await rowsOf(folder.file(line))).length, 1);
});
