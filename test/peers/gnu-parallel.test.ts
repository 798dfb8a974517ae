import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { sha256 } from '../../src/model/files.js';
import { run } from '../cli/run.js';
import { ROOT } from '../root.js';
import { tempFolder } from '../temp-folder.js';
import { debianPackages } from './installed.js';
import { writePeerRows } from './peer-rows.js';
import { Shim } from './shim.js';

const ROWS = 400;
const SHARDS = 5;

const absent = debianPackages(['parallel'], ['parallel']);

test('GNU parallel: the bytes of a single run, though one process is killed; a second run passes over all shards', {
  skip: absent,
}, async () => {
  const folder = tempFolder();
  const { jsonl } = await writePeerRows(folder, ROWS, { length: 0.05 });
  const single = join(folder, 'single.jsonl');
  assert.equal((await run(['score', '-q', jsonl, '-o', single])).code, 0);
  const shim = new Shim(folder, [`timeout --signal=KILL 1 "${process.execPath}" "${ROOT}/bin/starling-rm" "$@"`]);
  const score = (out: string) =>
    spawnSync(join(ROOT, 'examples/gnu-parallel/score.sh'), [jsonl, out, `${SHARDS}`], {
      encoding: 'utf8',
      env: { ...process.env, PATH: shim.path() },
      cwd: folder,
    });
  const start = performance.now();
  const { status, stderr } = score('out.jsonl');
  const seconds = (performance.now() - start) / 1000;
  assert.equal(status, 0, stderr);
  assert.deepEqual(await readFile(join(folder, 'out.jsonl')), await readFile(single));
  assert.deepEqual(
    shim
      .runs()
      .map(({ code }) => code)
      .sort((a, b) => a - b),
    [...Array(SHARDS + 1).fill(0), 137],
  );
  assert.equal(score('again.jsonl').status, 0);
  console.log(`score.sh rows.jsonl out.jsonl ${SHARDS}`);
  console.log(`${ROWS} rows in ${seconds.toFixed(1)} s; one killed process started again`);
  console.log(`SHA-256 of the file, as of the single run: ${await sha256(single)}`);
});
