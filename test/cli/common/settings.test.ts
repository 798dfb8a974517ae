import assert from 'node:assert/strict';
import { test } from 'node:test';
import { run } from '../run.js';

const MISUSE: [string[], RegExp][] = [
  [['score', '--template', 'chatml', '--template-file', 'x'], /--template and --template-file both/],
  [['score', '--rejects', 'x'], /--rejects does nothing without/],
  [['score', '--on-error', 'skip', '--rejects', 'x.tsv'], /x\.tsv: this is always JSON lines/],
  [['score', '--lower-is-better'], /--lower-is-better does nothing without/],
  [['score', '--keep', '-o', 'x.tsv'], /drop --keep/],
  [['score', '-o', 'x.csv'], /x\.csv: \.csv is not written here/],
  [['score', '--format', 'parquet'], /<stdout>: Parquet cannot be written to a pipe/],
  [['score', '-o', '/dev/fd/1', '--format', 'parquet'], /<stdout>: Parquet cannot be written to a pipe/],
  [['score', '--explain', '-o', 'x.arrow'], /x\.arrow: this is always JSON lines/],
  [['score', '--explain', '--dry-run'], /two different things/],
  [['score', '--dry-run', '-o', 'x'], /--dry-run writes no rankings/],
  [['evaluate', '--suspects', 'x.gz'], /x\.gz: nothing is compressed here/],
  [['evaluate', '--save', 'x.xlsx'], /x\.xlsx: \.xlsx is not written here/],
  [['evaluate', '--suspects-limit', '3'], /--suspects-limit does nothing without/],
];

test('misuse that is visible in the flags is reported before inputs or the model are looked for', async () => {
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
  ]) {
    const { code, stderr } = await run(['compare', 'no-such-a', 'no-such-b', ...flags]);
    assert.equal(code, 2);
    assert.match(stderr, /^starling-rm: E_USAGE: [^\n]+\n$/, `${flags}`);
  }
});
