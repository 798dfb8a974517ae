import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import type { Ranking } from '../../src/contracts/ranking.js';
import { Xoshiro128 } from '../../src/measure/bootstrap/xoshiro128.js';
import { ArrowStream } from '../../src/write/columnar/arrow-stream.js';
import { openOutput } from '../../src/write/files/output.js';
import { openRankings } from '../../src/write/open-rankings.js';
import type { RankingWriter } from '../../src/write/ranking-writer.js';
import { ROOT } from '../root.js';
import { tempFolder } from '../temp-folder.js';
import { columnarValues } from './read-back.js';
import { number, randomRanking, text } from './some-rankings.js';

/** A Python with the packages of test/oracles/requirements.txt. */
const PYTHON = process.env.STARLING_RM_PYTHON ?? 'python3';

function skipWithoutReaders(): string | false {
  const { status } = spawnSync(PYTHON, ['-c', 'import duckdb, numpy, pandas, polars, pyarrow']);
  return status !== 0 && `NOT TESTED: ${PYTHON} lacks the packages of test/oracles/requirements.txt`;
}

async function written(writer: RankingWriter, rankings: readonly Ranking[]): Promise<void> {
  for (const ranking of rankings) await writer.write(ranking);
  await writer.finish();
}

/** CSV has no place for line ends, as `--resume` reads its lines. */
function withoutLineEnds(ranking: Ranking): Ranking {
  const flat = <Value>(value: Value) => (typeof value === 'string' ? value.replaceAll(/[\r\n]/g, ' ') : value);
  const { models, ...others } = ranking;
  const entries = Object.entries(others).map(([name, value]) => [name, flat(value)]);
  return { ...Object.fromEntries(entries), ...(models && { models: models.map(flat) }) } as Ranking;
}

test('pandas, polars, DuckDB and pyarrow read every format without a cast', {
  skip: skipWithoutReaders(),
}, async () => {
  const random = Xoshiro128.seeded(3);
  const rankings = Array.from({ length: 10_000 }, (_, index) =>
    randomRanking(random, index, {
      flag: index % 3 === 0 ? null : index % 2 === 0,
      count: index - 5000,
      double: index === 0 ? 0.5 : number(random),
      note: text(random),
      tags: index % 2 === 0 ? [text(random), null] : [],
      nested: { a: { b: [{ c: text(random), 'd e"\'': number(random) + 0.5 }, null] }, constructor: index },
      answers: [{ answer: text(random), rank: 1, toString: true }],
      either: index % 2 === 0 ? text(random) : { index },
    }),
  );
  const folder = tempFolder();
  for (const [stem, some] of [
    ['full', rankings],
    ['empty', []],
  ] as const) {
    for (const extension of ['parquet', 'arrow', 'tsv']) {
      await written(await openRankings(join(folder, `${stem}.${extension}`), { force: false }), some);
    }
    await written(await openRankings(join(folder, `${stem}.csv`), { force: false }), some.map(withoutLineEnds));
    const stream = await openOutput(join(folder, `${stem}.stream`), { force: false });
    await written(new ArrowStream(stream), some);
  }
  const expected = rankings.map(columnarValues).map((row) => ({ ...row, either: JSON.stringify(row.either) }));
  await writeFile(join(folder, 'full.json'), JSON.stringify(expected));
  const { status, stdout, stderr } = spawnSync(PYTHON, [join(ROOT, 'test/write/readers.py'), folder], {
    encoding: 'utf8',
  });
  assert.equal(stderr, '');
  assert.equal(status, 0);
  assert.equal(stdout, '10000 rows read by pandas, polars, DuckDB and pyarrow\n');
});
