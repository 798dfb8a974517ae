import assert from 'node:assert/strict';
import { join } from 'node:path';
import { test } from 'node:test';
import { asShortage } from '../../../src/cli/common/shortage.js';
import { RowError, StarlingError } from '../../../src/contracts/errors.js';
import { SAMPLE } from '../../root.js';
import { tempFolder } from '../../temp-folder.js';
import { shell } from '../run.js';

test('a low limit of open files is reported as such, and not as a defect of the program', async () => {
  let short = 0;
  const folder = tempFolder();
  for (const files of [21, 25, 28, 31, 34, 37, 40, 43, 46, 64]) {
    for (const command of [
      `score ${SAMPLE} --limit 1 -q -o ${folder}/r.parquet --force`,
      `evaluate ${SAMPLE} --limit 1 -q --json ${folder}/j --force`,
    ]) {
      const { code, stderr } = await shell(`ulimit -n ${files}; starling-rm ${command} > /dev/null`);
      if (code === 0) continue;
      short++;
      assert.equal(code, 1, stderr);
      assert.match(
        stderr,
        /^starling-rm: [^\n]*EMFILE[^\n]* raise [^\n]*ulimit -n 1024[^\n]*\n$/,
        `${files}: ${command}`,
      );
      assert.doesNotMatch(stderr, /defect/);
    }
  }
  assert.ok(short > 0, 'some were short of files');
});

test('a low limit of memory is reported in one line', { skip: onlyLinux() }, async () => {
  let short = 0;
  for (const gigabytes of [1.1, 1.3, 1.7, 2, 2.3]) {
    const { code, stderr } = await shell(
      `ulimit -v ${gigabytes * 1e6}; starling-rm score ${SAMPLE} --limit 1 --workers 1 -q > /dev/null`,
    );
    if (code === 0) continue;
    short++;
    assert.equal(code, 1, stderr);
    assert.match(stderr, /^starling-rm: E_RESOURCES: [^\n]*ulimit -v[^\n]*\n$/, `${gigabytes}`);
  }
  assert.ok(short > 0, 'some were short of memory');
});

test('a shortage is recognized as the cause of any error, but not in text that a row quotes', () => {
  const file = join('a', 'b');
  const system = (code: string) => Object.assign(new Error(`${code}: no more`), { code });
  const short: [unknown, RegExp][] = [
    [system('EMFILE'), /ulimit -n/],
    [system('ENFILE'), /end other programs/],
    [system('ENOMEM'), /not enough memory/],
    [Object.assign(new Error('JS heap'), { code: 'ERR_WORKER_OUT_OF_MEMORY' }), /not enough memory/],
    [new RangeError('Array buffer allocation failed'), /not enough memory/],
    [new StarlingError('E_USAGE', 'cannot be created: EMFILE', { file }, system('EMFILE')), /ulimit -n/],
    [new StarlingError('E_ENGINE', 'the model could not be loaded: std::bad_alloc', { file }), /--workers 1/],
    [new StarlingError('E_READ', 'read: Out of Memory Error: failed to pin block', { file }), /not enough memory/],
    [new RowError('E_ENGINE', 'the model could not be run: Failed to allocate memory', { row: 1 }), /--max-length/],
  ];
  for (const [error, remedy] of short) {
    const told = asShortage(error);
    assert.deepEqual([told?.code, told?.exitCode], ['E_RESOURCES', 1], String(error));
    assert.match(String(told), remedy);
    if (error instanceof StarlingError) assert.deepEqual(told?.place, error.place);
  }
  const lost = (what: string) => Object.assign(new Error(`Cannot find ${what}`), { code: 'ERR_MODULE_NOT_FOUND' });
  assert.equal(asShortage(lost(`module '${SAMPLE}' imported from a`))?.code, 'E_RESOURCES', 'it is there');
  const other = [
    new Error('ENOENT: no such file'),
    lost("package 'none' imported from a"),
    lost(`module '${SAMPLE}.none' imported from a`),
    new StarlingError('E_USAGE', "no such file 'out of memory.jsonl'", { file: 'out of memory.jsonl' }),
    new RowError('E_JSON', 'not JSON: "std::bad_alloc"', { row: 1 }, new Error('"std::bad_alloc" is not JSON')),
  ];
  for (const error of other) assert.equal(asShortage(error), undefined, String(error));
});

function onlyLinux(): string | false {
  return process.platform === 'linux' ? false : 'NOT TESTED: ulimit -v bounds nothing here';
}
