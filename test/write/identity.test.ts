import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import type { ScoreIdentity } from '../../src/contracts/identity.js';
import { ArrowStream } from '../../src/write/columnar/arrow-stream.js';
import { metadataOf } from '../../src/write/columnar/metadata.js';
import { openOutput } from '../../src/write/files/output.js';
import { openRankings } from '../../src/write/open-rankings.js';
import type { RankingWriter } from '../../src/write/ranking-writer.js';
import { SCORED_BY } from '../report/evaluations.js';
import { tempFolder } from '../temp-folder.js';
import { bareRanking } from './some-rankings.js';

/** With the packages of test/oracles/requirements.txt. */
const PYTHON = process.env.STARLING_RM_PYTHON ?? 'python3';
const KEY = 'starling_rm';

const { date: _, ...SCORED } = SCORED_BY;
/** Quotes of SQL and JSON, a line break, and characters of two and four bytes. */
const IDENTITY: ScoreIdentity = { ...SCORED, model: `it's "mini" \\ é 🦢\n{}`, system: "'); DROP TABLE x; --" };

function skipWithoutReaders(): string | false {
  const { status } = spawnSync(PYTHON, ['-c', 'import duckdb, pyarrow.parquet']);
  return status !== 0 && `NOT TESTED: ${PYTHON} lacks the packages of test/oracles/requirements.txt`;
}

async function written(writer: RankingWriter, rows: number): Promise<void> {
  for (let index = 0; index < rows; index++) await writer.write(bareRanking(index));
  await writer.finish();
}

/** Files with these rows in all formats; `r.stream` is an Arrow stream. */
async function writtenFiles(rows: number, identity?: ScoreIdentity): Promise<string> {
  const folder = tempFolder();
  const scoredBy = async () => identity;
  for (const ending of ['parquet', 'arrow', 'jsonl', 'tsv']) {
    await written(await openRankings(join(folder, `r.${ending}`), { force: false, scoredBy }), rows);
  }
  const stream = await openOutput(join(folder, 'r.stream'), { force: false });
  await written(new ArrowStream(stream, () => metadataOf(scoredBy)), rows);
  return folder;
}

const READ = `
import json, sys, duckdb, pyarrow, pyarrow.ipc, pyarrow.parquet
parquet, arrow, stream = [f"{sys.argv[1]}/r.{ending}" for ending in ("parquet", "arrow", "stream")]
key = b"${KEY}"
in_schemas = [
    pyarrow.parquet.read_schema(parquet),
    pyarrow.ipc.open_file(arrow).schema,
    pyarrow.ipc.open_stream(stream).schema,
]
found = [(schema.metadata or {}).get(key) for schema in in_schemas]
pairs = duckdb.execute("select key, value from parquet_kv_metadata(?)", [parquet]).fetchall()
found.append(dict(pairs).get(key))
print(json.dumps([text and text.decode() for text in found]))
`;

test('pyarrow and DuckDB read the identity in Parquet, Arrow files and Arrow streams, with and without rows', {
  skip: skipWithoutReaders(),
}, async () => {
  const read = (folder: string): (string | null)[] => {
    const { stdout, stderr } = spawnSync(PYTHON, ['-c', READ, folder], { encoding: 'utf8' });
    assert.equal(stderr, '');
    return JSON.parse(stdout);
  };
  for (const rows of [0, 3]) {
    const found = read(await writtenFiles(rows, IDENTITY));
    assert.deepEqual(
      found.map((text) => text && JSON.parse(text)),
      [IDENTITY, IDENTITY, IDENTITY, IDENTITY],
    );
    assert.deepEqual(read(await writtenFiles(rows)), [null, null, null, null]);
  }
});

test('the same rows and identity give the same bytes; JSON lines and TSV have no identity', async () => {
  const [one, two, without] = [await writtenFiles(3, IDENTITY), await writtenFiles(3, IDENTITY), await writtenFiles(3)];
  const bytes = (folder: string, ending: string) => readFile(join(folder, `r.${ending}`));
  for (const ending of ['parquet', 'arrow', 'stream', 'jsonl', 'tsv']) {
    assert.ok((await bytes(one, ending)).equals(await bytes(two, ending)), ending);
    const isText = ending === 'jsonl' || ending === 'tsv';
    assert.equal((await bytes(one, ending)).equals(await bytes(without, ending)), isText, ending);
  }
});

test('a stream whose identity cannot be known fails with that error and leaves no rejection unhandled', async () => {
  const output = await openOutput(join(tempFolder(), 'r.stream'), { force: false });
  const writer = new ArrowStream(output, () => Promise.reject(new Error('no model')));
  await writer.write(bareRanking(0));
  await assert.rejects(writer.finish(), /no model/);
  await writer.abandon();
});
