import assert from 'node:assert/strict';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { RowError } from '../../../../src/contracts/errors.js';
import { LIMITS, openInputs } from '../../../../src/read/inputs/inputs.js';
import { type RowOptions, readRows } from '../../../../src/read/rows.js';
import { type ArrowType, openArrowEncoder } from '../../../../src/tables/arrow-reader.js';
import { parquetBytes } from '../../../cli/score/bad-files.js';
import { collect } from '../../collect.js';
import { TempFolder } from '../../temp-folder.js';

const folder = new TempFolder();

/** DuckDB does not write names that differ only in case, so names of the same length are replaced in the file. */
async function parquet(query: string, names: Record<string, string> = {}): Promise<string> {
  const bytes = await parquetBytes(query, 'COMPRESSION uncompressed');
  for (const [written, name] of Object.entries(names)) {
    assert.equal(written.length, name.length);
    for (let at = bytes.indexOf(written); at !== -1; at = bytes.indexOf(written, at)) bytes.write(name, at);
  }
  return folder.file(bytes);
}

async function rows(file: string, options: Partial<RowOptions> = {}) {
  return collect(readRows(await openInputs([file]), { ...LIMITS, ...options }));
}

async function records(file: string): Promise<unknown[]> {
  return (await rows(file)).map((row) => (row instanceof RowError ? String(row) : row.record));
}

test('columns that differ only in case keep their names', async () => {
  const file = await parquet(
    "SELECT 'hi' AS prompt, 'first' AS Sys001, 'be brief' AS sys002, 'A' AS id, 'B' AS xx, ['a', 'b'] AS answers",
    { Sys001: 'System', sys002: 'system', xx: 'ID' },
  );
  assert.deepEqual(await records(file), [
    { prompt: 'hi', System: 'first', system: 'be brief', id: 'A', ID: 'B', answers: ['a', 'b'] },
  ]);
  const [row] = await rows(file);
  assert.ok(!(row instanceof RowError));
  assert.equal(row.id, 'A');
  assert.deepEqual(row.conversation, [
    { role: 'system', text: 'be brief' },
    { role: 'user', text: 'hi' },
  ]);
});

test('columns with names that DuckDB would give to renamed columns keep their values', async () => {
  const file = await parquet("SELECT 'hi' AS prompt, 'two' AS pRomxx, 'three' AS prompt_1, ['a', 'b'] AS answers", {
    pRomxx: 'pRompt',
  });
  assert.deepEqual(await records(file), [{ prompt: 'hi', pRompt: 'two', prompt_1: 'three', answers: ['a', 'b'] }]);
});

test('fields of structs keep their names at every depth in lists, maps and structs, also names of inherited properties', async () => {
  const struct = "{'answer': 'a', 'answex': 'A', 'ANSWER_1': 'one', '2': 'two', '1': 'one', '__proto__': 'p'}";
  const file = await parquet(
    `SELECT 'hi' AS prompt, [${struct}] AS answers, MAP {${struct}: [[${struct}]]} AS m, {'only': ${struct}} AS s`,
    { answex: 'Answer' },
  );
  const expected = JSON.parse('{"answer":"a","Answer":"A","ANSWER_1":"one","2":"two","1":"one","__proto__":"p"}');
  assert.deepEqual(await records(file), [
    { prompt: 'hi', answers: [expected], m: [{ key: expected, value: [[expected]] }], s: { only: expected } },
  ]);
  const plain = await parquet(`SELECT 'hi' AS prompt, [{'answer': 'a', '__proto__': 'p'}] AS answers`);
  assert.deepEqual(await records(plain), [{ prompt: 'hi', answers: [JSON.parse('{"answer":"a","__proto__":"p"}')] }]);
});

test('two columns or fields with the same name are refused, in Parquet and in Arrow', async () => {
  const column = await parquet("SELECT 'hi' AS prompt, 'ho' AS prompx, ['a'] AS answers", { prompx: 'prompt' });
  await assert.rejects(rows(column), { code: 'E_READ', place: { file: column, field: 'prompt' }, message: /twice/ });
  const field = await parquet("SELECT 'hi' AS prompt, [{'answer': 'a', 'answex': 'b'}] AS answers", {
    answex: 'answer',
  });
  await assert.rejects(rows(field), { code: 'E_READ', place: { file: field, field: 'answers.list.element.answer' } });
  const struct = {
    struct: new Map<string, ArrowType>([
      ['answer', 'string'],
      ['answex', 'string'],
    ]),
  };
  for (const [layout, names, place] of [
    ['stream', ['prompt', 'prompt'], 'prompt'],
    ['file', ['prompt', 'prompt'], 'prompt'],
    ['file', ['prompt', 'answers'], 'answers.item.answer'],
  ] as const) {
    const columns = names.map((name) => ({ name, type: name === 'answers' ? { list: struct } : ('string' as const) }));
    const encoder = await openArrowEncoder(columns, layout);
    const values = names.map((name) => (name === 'answers' ? [{ answer: 'a', answex: 'b' }] : 'hi'));
    const bytes = Buffer.concat([encoder.batch([values]), encoder.end()]);
    const file = folder.file(Buffer.from(bytes.toString('latin1').replaceAll('answex', 'answer'), 'latin1'));
    await assert.rejects(rows(file), { code: 'E_READ', place: { file, field: place }, message: /twice/ });
  }
});

test('the name of a folder does not become a column of its files', async () => {
  const data = join(folder.path, 'source=web');
  mkdirSync(data);
  for (const [name, query] of Object.entries({
    'with.parquet': "SELECT 'hi' AS prompt, ['chat'] AS source, ['a', 'b'] AS answers",
    'without.parquet': "SELECT 'hi' AS prompt, ['a', 'b'] AS answers",
  })) {
    writeFileSync(join(data, name), await parquetBytes(query));
  }
  assert.deepEqual(await records(join(data, 'with.parquet')), [
    { prompt: 'hi', source: ['chat'], answers: ['a', 'b'] },
  ]);
  assert.deepEqual(await records(join(data, 'without.parquet')), [{ prompt: 'hi', answers: ['a', 'b'] }]);
  assert.deepEqual(
    (await rows(join(data, 'with.parquet'), { where: "source[1] = 'chat'" })).map((row) => 'index' in row && row.index),
    [0],
  );
});

test("columns with names of DuckDB's virtual columns and columns without a name are read from the file", async () => {
  const file = await parquet(
    `SELECT 'hi' AS prompt, 7 AS file_row_number, 'f' AS filename, 8 AS file_index, 9 AS rowid, 'n' AS C1, ['a'] AS answers`,
  );
  assert.deepEqual(await records(file), [
    { prompt: 'hi', file_row_number: 7, filename: 'f', file_index: 8, rowid: 9, C1: 'n', answers: ['a'] },
  ]);
  await assert.rejects(rows(file, { where: 'rowid = 9' }), {
    code: 'E_USAGE',
    message: /--where: .*file_row_number/,
  });
});

test('--where is refused if SQL cannot distinguish columns', async () => {
  const file = await parquet("SELECT 'hi' AS prompt, 'a' AS id, 'b' AS xx, ['a'] AS answers", { xx: 'ID' });
  await assert.rejects(rows(file, { where: "id = 'b'" }), {
    code: 'E_USAGE',
    message: /--where: .*differ only in case.*id, ID/,
  });
});
