import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { test } from 'node:test';
import { run } from '../cli/run.js';
import { ROOT } from '../root.js';
import { tempFolder } from '../temp-folder.js';
import { pythonPackages } from './installed.js';
import { writePeerRows } from './peer-rows.js';
import { scoresIn } from './scores.js';
import { Shim } from './shim.js';

const ROWS = 512;
const ACTORS = 2;

const { bin, absent } = pythonPackages('ray', ['ray[data]==2.60.0']);

test('Ray Data: ids and scores of a single run, from two actors, though one process is killed', {
  skip: absent,
}, async () => {
  const folder = tempFolder();
  const rows = await writePeerRows(folder, ROWS, { length: 0.01 });
  const single = join(folder, 'single.jsonl');
  assert.equal((await run(['score', '-q', rows.parquet, '-o', single])).code, 0);
  const shim = new Shim(folder, [`timeout --signal=KILL 1 "${process.execPath}" "${ROOT}/bin/starling-rm" "$@"`]);
  const out = join(folder, 'rankings');
  const start = performance.now();
  const { status, stderr } = spawnSync(
    join(bin, 'python'),
    [join(ROOT, 'examples/ray/score.py'), rows.parquet, out, '--actors', `${ACTORS}`],
    { encoding: 'utf8', env: { ...process.env, PATH: shim.path(bin), RAY_USAGE_STATS_ENABLED: '0' }, cwd: folder },
  );
  const seconds = (performance.now() - start) / 1000;
  assert.equal(status, 0, stderr);
  const [expected, found] = [await scoresIn(single), await scoresIn(`${out}/*.parquet`)];
  assert.deepEqual(found, expected);
  const runs = shim.runs();
  assert.equal(runs.length, ACTORS + 1, 'a process for each actor, and one for the one that was killed');
  console.log(`python score.py rows.parquet rankings --actors ${ACTORS}`);
  console.log(`${found.count} rows in ${seconds.toFixed(1)} s, start of Ray included; one killed process replaced`);
  console.log(`SHA-256 of ids and scores, as of the single run: ${found.digest}`);
});
