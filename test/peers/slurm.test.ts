import assert from 'node:assert/strict';
import { mkdirSync, readdirSync, readFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { delimiter, dirname, join } from 'node:path';
import { after, before, test } from 'node:test';
import { setTimeout as wait } from 'node:timers/promises';
import { sha256 } from '../../src/model/files.js';
import { run } from '../cli/run.js';
import { ROOT } from '../root.js';
import { tempFolder } from '../temp-folder.js';
import { debianPackages } from './installed.js';
import { type PeerRows, writePeerRows } from './peer-rows.js';
import { SlurmCluster } from './slurm-cluster.js';

const ROWS = 512;
const SHARDS = 4;
/** The task that is killed by hand, and the one that gets the signal which Slurm sends before the time limit. */
const KILLED = 2;
const SIGNALLED = 1;
const LOOK_MS = 100;

const absent = debianPackages(['slurm-wlm', 'munge'], ['sbatch', 'slurmctld', 'slurmd', 'munged']);

let folder: string;
let rows: PeerRows;
let cluster: SlurmCluster | undefined;

before(async () => {
  if (absent) return;
  folder = tempFolder();
  rows = await writePeerRows(folder, ROWS, { length: 0.05 });
  const inner = join(folder, 'slurm');
  mkdirSync(inner);
  const programs = [join(ROOT, 'bin'), dirname(process.execPath), process.env.PATH];
  cluster = await SlurmCluster.start(inner, { ...process.env, PATH: programs.join(delimiter) });
  assert.equal((await run(['score', '-q', rows.jsonl, '-o', join(folder, 'single.jsonl')])).code, 0);
});

after(() => cluster?.stop());

/** Submits the example. @returns the number of the job */
function submitted(slurm: SlurmCluster, out: string, ...flags: string[]): string {
  const script = join(ROOT, 'examples/slurm/score.sbatch');
  const log = `--output=${out}-%A_%a.log`;
  // Beside the script's own flags; those given here replace them.
  const words = ['--parsable', '--cpus-per-task=1', `--chdir=${folder}`, log, ...flags, script];
  return slurm.run('sbatch', ...words, rows.jsonl, `${out}.jsonl`, `${SHARDS}`);
}

/** Sends SIGUSR1 to the shell of the script, as `#SBATCH --signal=B:USR1@120` does, once Slurm lets the task be changed. */
async function signalledBatch(slurm: SlurmCluster, task: string): Promise<void> {
  for (;;) {
    try {
      slurm.run('scancel', '--batch', '--signal=USR1', task);
      return;
    } catch (error) {
      if (!/try again later/.test(String(error))) throw error;
      await wait(LOOK_MS);
    }
  }
}

/** The shards that are there. */
function shardsOf(out: string): string[] {
  const names = readdirSync(folder).filter((name) => name.startsWith(`${out}-`) && name.endsWith('.jsonl'));
  return names.map((name) => join(folder, name));
}

/** @returns the digest of the merged file, which has the bytes of a single run */
async function mergedDigest(out: string): Promise<string> {
  const merged = join(folder, `merged-${out}.jsonl`);
  const { code, stderr } = await run(['merge', ...shardsOf(out), '-o', merged]);
  assert.equal(code, 0, stderr);
  assert.deepEqual(await readFile(merged), await readFile(join(folder, 'single.jsonl')));
  return sha256(merged);
}

/** Number of starts of each shard, from its run record. */
function startsOf(out: string): number[] {
  const records = readdirSync(folder).filter((name) => name.startsWith(`${out}-`) && name.endsWith('.run.json'));
  return records.sort().map((name) => JSON.parse(readFileSync(join(folder, name), 'utf8')).attempts.length);
}

async function firstRow(out: string, task: number): Promise<void> {
  const partial = join(folder, `${out}-0000${task}-of-0000${SHARDS}.jsonl.partial`);
  while (!(await readFile(partial, 'utf8').catch(() => '')).includes('\n')) await wait(LOOK_MS);
}

/** The process that scores a task of an array. */
function scoringProcess(task: number): number {
  for (const pid of readdirSync('/proc').filter((name) => /^\d+$/.test(name))) {
    const [command, environment] = ['cmdline', 'environ'].map((name) => {
      try {
        return readFileSync(`/proc/${pid}/${name}`, 'utf8').split('\0');
      } catch {
        return [];
      }
    });
    const isScore = command.includes('score') && command.some((word) => word.endsWith('/bin/starling-rm'));
    if (isScore && environment.includes(`SLURM_ARRAY_TASK_ID=${task}`)) {
      return Number(pid);
    }
  }
  throw new Error(`no process scores task ${task}`);
}

test('Slurm: a task that is killed by hand is named by merge, submitted again, and gives the bytes of a single run', {
  skip: absent,
}, async () => {
  assert.ok(cluster);
  const start = performance.now();
  const job = submitted(cluster, 'killed', `--array=0-${SHARDS - 1}`);
  await firstRow('killed', KILLED);
  process.kill(scoringProcess(KILLED), 'SIGKILL');
  const states = await cluster.over(job, SHARDS);
  for (const [task, state] of states) assert.equal(state, task === KILLED ? 'FAILED' : 'COMPLETED', `task ${task}`);
  const early = await run(['merge', ...shardsOf('killed'), '-o', join(folder, 'early.jsonl')]);
  assert.deepEqual([early.code, early.stdout], [2, `${KILLED}\n`], early.stderr);
  await cluster.over(submitted(cluster, 'killed', `--array=${early.stdout.trim()}`), 1);
  assert.deepEqual(startsOf('killed'), [1, 1, 2, 1]);
  const digest = await mergedDigest('killed');
  const seconds = (performance.now() - start) / 1000;
  console.log(`sbatch --array=0-${SHARDS - 1} score.sbatch rows.jsonl out.jsonl ${SHARDS}; task ${KILLED} was killed`);
  console.log(`starling-rm merge out-*.jsonl -o all.jsonl: exit code 2, standard output ${early.stdout.trim()}`);
  console.log(`sbatch --array=${KILLED} score.sbatch rows.jsonl out.jsonl ${SHARDS}`);
  console.log(`${ROWS} rows on two nodes of one core in ${seconds.toFixed(1)} s, waiting for Slurm included`);
  console.log(`SHA-256 of the merged file, as of the single run: ${digest}`);
});

test('Slurm: a task that gets SIGUSR1, as before its time limit, is requeued, and gives the bytes of a single run', {
  skip: absent,
}, async () => {
  assert.ok(cluster);
  const start = performance.now();
  const job = submitted(cluster, 'signalled', `--array=0-${SHARDS - 1}`);
  await firstRow('signalled', SIGNALLED);
  // Without a pause the task might end before Slurm accepts the signal.
  const pid = scoringProcess(SIGNALLED);
  process.kill(pid, 'SIGSTOP');
  await signalledBatch(cluster, `${job}_${SIGNALLED}`);
  process.kill(pid, 'SIGCONT');
  const states = await cluster.over(job, SHARDS);
  assert.deepEqual(new Set(states.values()), new Set(['COMPLETED']));
  assert.deepEqual(startsOf('signalled'), [1, 2, 1, 1]);
  const log = await readFile(join(folder, `signalled-${job}_${SIGNALLED}.log`), 'utf8');
  assert.match(log, /E_USER_SIGNAL: stopped after \d+ rows/);
  const digest = await mergedDigest('signalled');
  const seconds = (performance.now() - start) / 1000;
  console.log(
    `scancel --batch --signal=USR1 JOB_${SIGNALLED}: ${/E_USER_SIGNAL.*/.exec(log)?.[0]}; requeued by its script`,
  );
  console.log(`${ROWS} rows on two nodes of one core in ${seconds.toFixed(1)} s, the delay of the queue included`);
  console.log(`SHA-256 of the merged file, as of the single run: ${digest}`);
});
