import assert from 'node:assert/strict';
import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { TextConsole } from '../../../src/cli/common/console/text-console.js';
import { Outputs } from '../../../src/cli/common/outputs.js';
import { openOutput } from '../../../src/write/files/output.js';
import { tempFolder } from '../../temp-folder.js';
import { bash, row, shell } from '../run.js';

const going = () => new AbortController().signal;

test('an output that is not committed leaves no file of its name, even after success', async () => {
  const folder = tempFolder();
  const work = async () => {
    await using outputs = new Outputs(going(), new TextConsole());
    const [a, b] = [join(folder, 'a'), join(folder, 'b')];
    const first = outputs.add<string>(await openOutput(a, { force: false }));
    const second = outputs.add<string>(await openOutput(b, { force: false }));
    await first.write('one');
    await second.write('two');
    await second.commit();
  };
  await work();
  assert.deepEqual(await readdir(folder), ['a.partial', 'b']);
  assert.equal(await readFile(join(folder, 'b'), 'utf8'), 'two');
});

test('commit gives each file its name once', async () => {
  const folder = tempFolder();
  await using outputs = new Outputs(going(), new TextConsole());
  for (const name of ['a', 'b', 'c']) {
    await outputs.add<string>(await openOutput(join(folder, name), { force: false })).write(name);
  }
  await outputs.commit();
  await outputs.commit();
  assert.deepEqual(await readdir(folder), ['a', 'b', 'c']);
});

test('the error of a run is thrown, and not a failure to abandon an output after it', async () => {
  const broken = {
    write: async () => {},
    prepare: async () => undefined,
    finish: async () => {},
    abandon: async () => {
      throw new Error('cannot be abandoned');
    },
  };
  const work = async () => {
    await using outputs = new Outputs(going(), new TextConsole());
    outputs.add(broken);
    throw new Error('no more rows');
  };
  await assert.rejects(work, /^Error: no more rows$/);
});

test('a standard output that is closed before a file is complete is an error of the file that was opened last', async () => {
  const folder = tempFolder();
  await writeFile(join(folder, 'rows'), `broken\n${row('a')}`);
  const runs = [
    { flags: `score --on-error skip --rejects ${folder}/rejects`, told: /E_WRITE: .*\/rejects: standard output/ },
    { flags: `evaluate --save - --json ${folder}/j --markdown ${folder}/m`, told: /E_WRITE: .*\/m: standard output/ },
    { flags: `score --explain --on-error skip --rejects ${folder}/r`, told: /E_WRITE: .*\/r: standard output/ },
  ];
  for (const { flags, told } of runs) {
    const line = `starling-rm ${flags} --on-error skip ${bash`${folder}/rows`} | true; echo "$PIPESTATUS"`;
    const { stdout, stderr } = await shell(line);
    assert.equal(stdout, '1\n', `${flags}: ${stderr}`);
    assert.match(stderr, told);
  }
});
