import assert from 'node:assert/strict';
import { existsSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { LIMITS, openInputs } from '../../../../src/read/inputs/inputs.js';
import { readRows } from '../../../../src/read/rows.js';
import { run } from '../../../cli/run.js';
import { parquetBytes } from '../../../cli/score/bad-files.js';
import { tempFolder } from '../../../temp-folder.js';
import { collect } from '../../collect.js';

const folder = tempFolder();
const FILE = join(folder, 'rows.parquet');
const OTHER = join(folder, 'other.parquet');
writeFileSync(
  FILE,
  await parquetBytes(`SELECT 'hi ' || i AS prompt, ['a', 'b'] AS answers, i AS n, ['web', 's' || (i % 3)] AS source,
    {'a': i, 'b': 'x)'} AS s, DATE '2024-01-01' + i::INTEGER AS day, 'u' || i AS user FROM range(6) t(i) ORDER BY i`),
);
writeFileSync(OTHER, await parquetBytes('SELECT 1 AS n'));

async function indices(where: string): Promise<unknown[]> {
  const rows = await collect(readRows(await openInputs([FILE]), { ...LIMITS, where }));
  return rows.map((row) => 'index' in row && row.index);
}

/** Conditions, and the rows that they select. */
const CONDITIONS: readonly [string, number[]][] = [
  ['n > 3', [4, 5]],
  ['n > 3 -- not the others )', [4, 5]],
  ['/* ( */ n > 3', [4, 5]],
  ['(n > 3)', [4, 5]],
  ['n = 1 OR n = 2 AND true', [1, 2]],
  ['n IN (1, 5)', [1, 5]],
  ["prompt LIKE '%; DROP TABLE x; -- 2' OR prompt = 'hi 2'", [2]],
  ["s.b = 'x)' AND s.a = 3", [3]],
  ["source[2] = 's1'", [1, 4]],
  ["'s1' = ANY(source)", [1, 4]],
  ["list_contains(source, 's2')", [2, 5]],
  ["len(list_filter(source, lambda x: x = 's0')) = 1", [0, 3]],
  ["len([x for x in source if x = 's0']) = 1", [0, 3]],
  ["prompt.upper() = 'HI 1'", [1]],
  ["regexp_matches(prompt, '[45]$')", [4, 5]],
  ['CASE WHEN n < 2 THEN true ELSE false END', [0, 1]],
  ["day = DATE '2024-01-03'", [2]],
  ["day >= DATE '2024-01-01' + INTERVAL 4 DAY", [4, 5]],
  ["split_part(prompt, ' ', 2)::INTEGER = 5", [5]],
  ['list_sum([n, 1]) = 3', [2]],
  ["user = 'u3'", [3]],
  ['"user" = $$u3$$', [3]],
  ['file_row_number < 2', [0, 1]],
  ['hash(prompt) IS NOT NULL AND n = 0', [0]],
  ['TRY_CAST(prompt AS INTEGER) IS NULL AND n BETWEEN 2 AND 3', [2, 3]],
  ['false', []],
];

/** Texts that would read or write other data or have side effects, or that are not one condition. */
const HOSTILE: readonly [string, RegExp][] = [
  // They close our parenthesis, or leave one open.
  ['true) OR (true', /syntax error/],
  ['true) UNION ALL (SELECT * FROM x WHERE (true', /syntax error/],
  ['n = 1) --', /syntax error/],
  ['n = 1) /*', /syntax error|unterminated/],
  ['(n = 1', /syntax error/],
  ["n = 'x", /unterminated/],
  ['n = 1 /*', /unterminated/],
  ['$$x', /unterminated/],
  // More than one condition.
  ['', /selection list/],
  ['-- nothing', /selection list|syntax error/],
  ['n = 1, n = 2', /more than one condition/],
  ['n = 1 AS x', /more than one condition/],
  ['x: n = 1', /more than one condition/],
  ['DISTINCT n = 1', /more than one condition/],
  ['n = 1; SELECT 2', /more than one condition/],
  [`n = 1; COPY (SELECT 1) TO '${folder}/new.csv'`, /more than one condition|SELECT statements/],
  [`n = 1; ATTACH '${folder}/new.db'`, /more than one condition|SELECT statements/],
  ['n = 1; INSTALL httpfs', /more than one condition|SELECT statements/],
  ['n = 1 UNION SELECT 2', /more than one condition/],
  ['n = 1 ORDER BY 1', /more than one condition/],
  ['n = 1 LIMIT 1', /more than one condition/],
  ['n = 1 WHERE true', /more than one condition/],
  ['n = 1 GROUP BY ALL', /more than one condition/],
  ['n = 1 QUALIFY true', /more than one condition/],
  ['n = 1 USING SAMPLE 1', /more than one condition/],
  [`n = 1 FROM read_parquet('${OTHER}')`, /more than one condition/],
  // Other tables and files.
  [`EXISTS (FROM read_text('/etc/passwd'))`, /another table or file/],
  [`n IN (SELECT n FROM read_parquet('${OTHER}'))`, /another table or file/],
  [`(SELECT count(*) FROM '${OTHER}') > 0`, /another table or file/],
  [`(FROM glob('/*') LIMIT 1) IS NOT NULL`, /another table or file/],
  [`n = (WITH x AS (FROM read_csv('/etc/passwd')) SELECT 1 FROM x)`, /another table or file/],
  [`n = ANY(SELECT n FROM '${OTHER}')`, /another table or file/],
  [`len(ARRAY(SELECT content FROM read_blob('/etc/passwd'))) > 0`, /another table or file/],
  [`(SELECT value FROM duckdb_settings() LIMIT 1) IS NOT NULL`, /another table or file/],
  [`(SELECT 1 FROM query('INSTALL httpfs')) = 1`, /another table or file/],
  [`CASE WHEN (SELECT 1 FROM (VALUES (1)) t) = 1 THEN true END`, /another table or file/],
  [`(SELECT 1 WHERE EXISTS (FROM '${OTHER}')) = 1`, /another table or file/],
  [`list_transform([1], lambda x: (SELECT count(*) FROM '${OTHER}')) IS NOT NULL`, /another table or file/],
  ["format_type(1, 1) = 'x'", /another table or file/],
  // They do not depend only on the row.
  ['random() < 0.5', /random\(\) does not depend only on the row/],
  ['system.main.RANDOM() < 0.5', /random\(\) does not depend only on the row/],
  ['"random"() < 0.5', /random\(\) does not depend only on the row/],
  ['day < now()', /now\(\) does not depend/],
  ['day < current_date', /current_date does not depend/],
  ['day < CURRENT_TIMESTAMP', /current_timestamp does not depend/i],
  ['day < ago(INTERVAL 1 DAY)', /current_timestamp does not depend/],
  ["current_setting('home_directory') = ''", /current_setting\(\) does not depend/],
  ["getvariable('x') IS NULL", /getvariable\(\) does not depend/],
  ["write_log('x') IS NULL", /write_log\(\) does not depend/],
  ['sleep_ms(1) IS NULL', /sleep_ms\(\) does not depend/],
  ['pg_sleep(1) IS NULL', /sleep_ms\(\) does not depend/],
  ["nextval('x') = 1", /nextval\(\) does not depend/],
  ["[error('x') for x in source] IS NULL", /error\(\) does not depend/],
  // They name missing things, or do not belong in a condition.
  ["getenv('HOME') = ''", /getenv does not exist/],
  ["read_text('/etc/passwd') IS NULL", /read_text/],
  ['no_such_column = 1', /no_such_column/],
  ["filename = 'x'", /filename/],
  ['? = 1', /parameter/],
  ['n = $x', /parameter/],
  ['count(*) > 1', /aggregate/i],
  ['row_number() OVER () = 1', /window/i],
  ['unnest([true])', /unnest/i],
  ['prompt', /VARCHAR|BOOL|Conversion/i],
  ["'hi' || n::INTEGER::VARCHAR::INTEGER = 1", /Conversion Error|Binder/],
];

test('a condition selects the rows for which it is true', async () => {
  for (const [where, expected] of CONDITIONS) assert.deepEqual(await indices(where), expected, where);
});

test('a text that is not one condition on the row is misuse without side effects', async () => {
  for (const [where, says] of HOSTILE) {
    await assert.rejects(indices(where), { code: 'E_USAGE', exitCode: 2, message: says }, where);
  }
  assert.deepEqual(readdirSync(folder).sort(), ['other.parquet', 'rows.parquet']);
  assert.ok(!existsSync(join(folder, 'new.csv')));
});

test('the command reports an invalid condition in one line', async () => {
  const result = await run(['score', FILE, '--where', `n IN (SELECT n FROM '${OTHER}')`]);
  assert.equal(result.code, 2);
  assert.match(
    result.stderr,
    /^starling-rm: E_USAGE: \S+rows\.parquet: --where: it reads another table or file; .*\n$/,
  );
});
