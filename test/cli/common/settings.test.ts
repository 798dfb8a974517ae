import assert from 'node:assert/strict';
import { test } from 'node:test';
import { run } from '../run.js';

const MISUSE: [string[], RegExp][] = [
  [['score', '--template', 'chatml', '--template-file', 'x'], /--template and --template-file both/],
  [['score', '--rejects', 'x'], /--rejects does nothing without/],
  [['score', '--on-error', 'skip', '--rejects', 'x.tsv'], /x\.tsv: this is always JSON lines/],
  [['score', '--on-error', 'emit', '-o', 'x.tsv'], /x\.tsv: tsv has no place for an error/],
  [['score', '--on-error', 'emit', '--format', 'arrow'], /arrow has no place for an error/],
  [['score', '--on-error', 'emit', '-o', 'x.parquet'], /x\.parquet: parquet has no place for an error/],
  [['score', '--on-error', 'emit', '--sample', '3'], /--sample reads all rows before the first/],
  [
    ['score', '--on-error', 'emit', '--explain'],
    /--on-error emit does nothing without rankings to write; drop --explain/,
  ],
  [
    ['score', '--on-error', 'emit', '--dry-run'],
    /--on-error emit does nothing without rankings to write; drop --dry-run/,
  ],
  [['evaluate', '--on-error', 'emit', '--save', 'x.parquet'], /x\.parquet: parquet has no place for an error/],
  [['score', '--lower-is-better'], /--lower-is-better does nothing without/],
  [['score', '--keep', '-o', 'x.tsv'], /drop --keep/],
  [['score', '-o', 'x.orc'], /x\.orc: \.orc is not written here/],
  [['score', '--unsorted'], /--unsorted does nothing without --group-by/],
  [['score', '--group-by', 'q', '--answers-field', 'a,b'], /--answers-field names several in one row/],
  [
    ['score', '--answers-field', 'a,b', '--label-field', 'a,b,c'],
    /--label-field names 3 fields, and --answers-field 2/,
  ],
  [['score', '--model-field', 'a,b'], /--model-field names 2 fields, and --answers-field 0/],
  [['score', '--fields', 'none.json'], /none\.json: there is no such file of fields/],
  [['score', '--explain-fields', '--explain'], /--explain and --explain-fields are two different things/],
  [['score', '--explain-fields', '--resume'], /drop --explain-fields/],
  [['score', '--on-error', 'emit', '-o', 'x.csv'], /x\.csv: csv has no place for an error/],
  [['score', '--format', 'parquet'], /<stdout>: Parquet cannot be written to a pipe/],
  [['score', '-o', '/dev/fd/1', '--format', 'parquet'], /<stdout>: Parquet cannot be written to a pipe/],
  [['score', '--explain', '-o', 'x.arrow'], /x\.arrow: this is always JSON lines/],
  [['score', '--explain', '--dry-run'], /two different things/],
  [['score', '--dry-run', '-o', 'x'], /--dry-run writes no rankings/],
  [['evaluate', '--suspects', 'x.gz'], /x\.gz: nothing is compressed here/],
  [['evaluate', '--save', 'x.xlsx'], /x\.xlsx: \.xlsx is not written here/],
  [['evaluate', '--suspects-limit', '3'], /--suspects-limit does nothing without/],
];

test('misuse that the flags alone show is an error before inputs or models are looked for', async () => {
  for (const [flags, told] of MISUSE) {
    const args = [...flags, 'no-such-file.jsonl', '--model', 'no-such-model'];
    const { code, stdout, stderr } = await run(args);
    assert.deepEqual({ code, stdout }, { code: 2, stdout: '' }, `${args}: ${stderr}`);
    assert.match(stderr, /^starling-rm: E_USAGE: [^\n]+\n$/, `${args}`);
    assert.match(stderr, told);
  }
  for (const flags of [
    ['--rejects', 'x'],
    ['--limit', '1', '--on-error', 'skip', '--rejects', 'x.gz'],
    ['--on-error', 'emit'],
  ]) {
    const { code, stderr } = await run(['compare', 'no-such-a', 'no-such-b', ...flags]);
    assert.equal(code, 2);
    assert.match(stderr, /^starling-rm: E_USAGE: [^\n]+\n$/, `${flags}`);
  }
});
