import { once } from 'node:events';
import { existsSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { parseArgs } from 'node:util';
import { openDuckDb, sqlFile, sqlText } from '../../src/tables/duckdb.js';
import { SAMPLE } from '../root.js';
import { tempFolder } from '../temp-folder.js';
import { peakIn } from './peak.js';
import { firstRanking, seconds, startScore } from './peak-run.js';

/**
 * Measures a Parquet file of Nectar's size in ONE row group: the time to the first ranking, and the memory of `--dry-run` over its first
 * rows and over all. FILE is made if it does not exist. Without FILE one is made in the temporary folder and removed.
 *
 *   node dist/test/bench/parquet-scale.js [FILE] [--rows 150000] [--limits 10000,150000]
 */
const { values: flags, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    rows: { type: 'string', default: '150000' },
    limits: { type: 'string', default: '10000,150000' },
  },
});
const [file = join(tempFolder(), 'nectar-size.parquet')] = positionals;
const MEBIBYTE = 2 ** 20;

/** Seven answers of 30 to 269 words of the sample's answers in random order, so that they compress like text. */
async function make(rows: number): Promise<void> {
  const database = await openDuckDb({ threads: 2, memory: 6144 });
  const answer = `{
    answer: array_to_string(list_transform(range((30 + hash(r, a) % 240)::BIGINT), lambda w: getvariable('words')[(1 + hash(r, a, w) % len(getvariable('words')))::BIGINT]), ' '),
    model: 'model-' || a, rank: a::DOUBLE }`;
  await database.run(`
    SET VARIABLE words = (SELECT list(word) FROM (
      SELECT unnest(string_split(answer.answer, ' ')) AS word FROM (SELECT unnest(answers) AS answer FROM read_json(${sqlText(SAMPLE)}))));
    COPY (
      SELECT '\n\nHuman: ' || r || ' ' || answers[1].answer[:200] || '\n\nAssistant: ' AS prompt, answers,
        1 AS turns, 7 AS num_responses, ['made'] AS source, true AS good_natured
      FROM (SELECT r, list(${answer} ORDER BY a) AS answers FROM range(${rows}) rows(r), range(1, 8) slots(a) GROUP BY r ORDER BY r)
    ) TO ${sqlFile(file)} (FORMAT parquet, COMPRESSION snappy, ROW_GROUP_SIZE 100000000)`);
  database.close();
}

async function rowGroups(): Promise<string> {
  const database = await openDuckDb();
  try {
    const groups = `SELECT num_rows, num_row_groups FROM parquet_file_metadata(${sqlFile(file)})`;
    for await (const { rows } of database.stream(groups)) {
      for (const [count, number] of rows) return `${count} rows in ${number} row group(s)`;
    }
    return 'no rows';
  } finally {
    database.close();
  }
}

async function dryRun(limit: number): Promise<string> {
  const begin = performance.now();
  const child = startScore(file, '--dry-run', '-q', '--limit', `${limit}`);
  const [printed, told, [code]] = await Promise.all([text(child.stdout), text(child.stderr), once(child, 'close')]);
  const rows = /^rows +([\d,]+)/m.exec(printed)?.[1];
  const timed = printed.split('\n').at(-2);
  return `--dry-run --limit ${limit}: ${rows} rows, code ${code}, ${seconds(performance.now() - begin)}, peak RSS ${peakIn(told)} MiB (${timed})`;
}

if (!existsSync(file)) await make(Number(flags.rows));
console.log(`${await rowGroups()}, ${Math.round(statSync(file).size / MEBIBYTE)} MiB`);
console.log(await firstRanking(file));
for (const limit of flags.limits.split(',')) console.log(await dryRun(Number(limit)));
