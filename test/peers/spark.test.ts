import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { before, test } from 'node:test';
import { run } from '../cli/run.js';
import { ROOT } from '../root.js';
import { tempFolder } from '../temp-folder.js';
import { debianPackages, pythonPackages } from './installed.js';
import { type PeerRows, writePeerRows } from './peer-rows.js';
import { scoresIn } from './scores.js';
import { mostAtOnce, Shim } from './shim.js';

const ROWS = 128;
const TASKS = 4;
/** Two executors in processes of their own, with one core and 1,024 MiB each. */
const MASTER = 'local-cluster[2,1,1024]';

const java = debianPackages(['default-jre-headless'], ['java']);
const { bin, absent } = pythonPackages('spark', ['pyspark==4.3.0', 'pyarrow==26.0.1', 'pandas<3']);

let folder: string;
let rows: PeerRows;

before(async () => {
  folder = tempFolder();
  rows = await writePeerRows(folder, ROWS, { length: 0.03 });
});

/** Runs the example. */
function spark(shim: Shim, from: string, to: string) {
  const env = {
    ...process.env,
    PATH: shim.path(bin),
    PYSPARK_PYTHON: join(bin, 'python'),
    SPARK_LOCAL_IP: '127.0.0.1',
  };
  const args = [
    '--master',
    MASTER,
    '--conf',
    'spark.log.level=WARN',
    join(ROOT, 'examples/spark/score.py'),
    from,
    to,
    '--tasks',
    `${TASKS}`,
  ];
  return spawnSync(join(bin, 'spark-submit'), args, { encoding: 'utf8', env, cwd: folder });
}

test('Spark: ids and scores of a single run, from two executors, though two tasks fail once', {
  skip: java || absent,
}, async () => {
  const single = join(folder, 'single.jsonl');
  assert.equal((await run(['score', '-q', rows.parquet, '-o', single])).code, 0);
  const shim = new Shim(folder, [
    // Killed while it loads or scores.
    `timeout --signal=KILL 1 "${process.execPath}" "${ROOT}/bin/starling-rm" "$@"`,
    // Half of the answers and a good exit code: a reader that ends early is no failure of score.
    'real "$@" | head -c 5000',
  ]);
  const out = join(folder, 'rankings');
  const start = performance.now();
  const { status, stderr } = spark(shim, rows.parquet, out);
  const seconds = (performance.now() - start) / 1000;
  assert.equal(status, 0, stderr);
  const [expected, found] = [await scoresIn(single), await scoresIn(`${out}/*.parquet`)];
  assert.deepEqual(found, expected);
  const runs = shim.runs();
  assert.equal(runs.length, TASKS + 2, 'a process for each task, and two for those that failed');
  const executors = [...new Set(runs.map(({ directory }) => directory))];
  assert.equal(executors.length, 2);
  for (const executor of executors) assert.equal(mostAtOnce(runs.filter(({ directory }) => directory === executor)), 1);
  const lost = stderr.match(/Lost task [^\n]*/g) ?? [];
  assert.equal(lost.length, 2, stderr);
  assert.match(stderr, /RuntimeError: \d+ of \d+ rows, exit code (137|-9)/);
  assert.match(stderr, /RuntimeError: \d+ of \d+ rows, exit code 0/);
  console.log(`spark-submit --master ${MASTER} score.py rows.parquet rankings --tasks ${TASKS}`);
  console.log(`${found.count} rows in ${seconds.toFixed(1)} s, start of Spark included; 2 failed tasks run again`);
  console.log(`SHA-256 of ids and scores, as of the single run: ${found.digest}`);
});

test('Spark: a bad row ends the job with its place, and nothing looks complete', { skip: java || absent }, async () => {
  const inner = tempFolder();
  const bad = { id: 'bad', prompt: 'Is water wet?', answers: [] };
  const { parquet } = await writePeerRows(inner, 20, { others: [bad] });
  const out = join(inner, 'rankings');
  const { status, stderr } = spark(new Shim(inner), parquet, out);
  assert.notEqual(status, 0);
  assert.match(stderr, /exit code 1: starling-rm: E_ANSWERS: .*record \d+/);
  assert.ok(!existsSync(join(out, '_SUCCESS')));
});
