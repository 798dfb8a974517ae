import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type DuckDbValue, openDuckDb } from '../../src/tables/duckdb.js';
import { dateText, timestampText, timeText } from '../../src/tables/time-text.js';

async function duckDbTexts(sql: string): Promise<DuckDbValue[]> {
  const database = await openDuckDb();
  const texts: DuckDbValue[] = [];
  for await (const { rows } of database.stream(sql)) for (const [text] of rows) texts.push(text);
  database.close();
  return texts;
}

test('days, times and points in time are written as DuckDB does', async () => {
  const days = [0, -1, 19_723, 19_782, 11_016, -719_162, -719_163, -719_528, -719_529, -735_000, 2_932_897, 99_999_999];
  const list = (numbers: readonly (number | bigint)[]) => `(select unnest([${numbers.join(', ')}]::bigint[]) as n)`;
  assert.deepEqual(
    days.map(dateText),
    await duckDbTexts(`select (date '1970-01-01' + n::int)::varchar from ${list(days)}`),
  );
  const times = [0n, 1n, 500_000n, 3_723_123_456n, 86_399_999_999n];
  assert.deepEqual(
    times.map((time) => timeText(time, 6)),
    await duckDbTexts(`select (time '00:00:00' + to_microseconds(n))::varchar from ${list(times)}`),
  );
  const points = [0n, -1n, 1_704_067_203_123_456n, -62_135_596_800_000_001n, 253_402_300_800_000_000n];
  assert.deepEqual(
    points.map((point) => timestampText(point, 6, false)),
    await duckDbTexts(`select make_timestamp(n)::varchar from ${list(points)}`),
  );
  assert.equal(timestampText(-1n, 9, false), '1969-12-31 23:59:59.999999999');
  assert.equal(timestampText(1_704_067_203n, 0, true), '2024-01-01 00:00:03+00');
});
