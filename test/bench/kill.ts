import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { cpus } from 'node:os';
import { join } from 'node:path';
import { byteModel } from '../cli/byte-model.js';
import { bash } from '../cli/run.js';
import { ROOT } from '../root.js';
import { assertSame, killedRunOf, SCENARIOS, wholeRunOf, writeRows } from '../runs/killed-runs.js';
import { tempFolder } from '../temp-folder.js';

/**
 * Kills runs at random moments, and fills their disks, until each has ended; every output must equal that of a run that was left alone.
 *
 *     npm run build && node dist/test/bench/kill.js [KILLS] [FULL_DISKS]
 */
const [kills = '300', disks = '60'] = process.argv.slice(2);
const KILLS_A_RUN = 4;

const model = await byteModel();
const rows = tempFolder();
await writeRows(rows);
console.log(`${cpus()[0].model}, ${cpus().length} cores, Node ${process.version}`);

const wholes = await Promise.all(SCENARIOS.map((scenario) => wholeRunOf(scenario, model, rows)));
const counts = SCENARIOS.map(() => ({ kills: 0, runs: 0, lost: 0 }));
for (let seed = 0; counts.reduce((sum, count) => sum + count.kills, 0) < Number(kills); seed++) {
  const i = seed % SCENARIOS.length;
  const found = await killedRunOf(SCENARIOS[i], model, rows, wholes[i], KILLS_A_RUN, 1000 + seed);
  assert.equal(found.lost, 0, `${SCENARIOS[i].name}: a kill left fewer rows than the one before`);
  counts[i].kills += found.kills;
  counts[i].runs++;
}
for (const [i, { name }] of SCENARIOS.entries()) {
  console.log(`${name}: ${counts[i].runs} outputs after ${counts[i].kills} kills, each equal; fewer rows after none`);
}

/** Fills a disk of so many KiB, gives it room, and goes on. Disks that can be mounted by a user go with the process that mounts them. */
async function fillDisk(i: number, kibibytes: number): Promise<void> {
  const scenario = SCENARIOS[i];
  const out = tempFolder();
  const args = scenario.args.map((arg) => (/^(rows|bad)\./.test(arg) ? join(rows, arg) : arg));
  const disk = join(out, 'disk');
  const score = [process.execPath, join(ROOT, 'bin/starling-rm'), 'score', '-m', model, '-q', ...args, '--resume'];
  const to = [
    '-o',
    `${disk}/r.${scenario.ending}`,
    ...(scenario.rejects ? ['--rejects', `${disk}/rejects.jsonl`] : []),
  ];
  const script = bash`mkdir ${disk} && mount -t tmpfs -o size=${`${kibibytes}k`} none ${disk} && { "$@" && exit 9; true; } 2> ${out}/full && mount -o remount,size=64m ${disk} && { "$@" 2> ${out}/end; code=$?; cp -r ${disk}/. ${out}; exit $code; }`;
  const { status, stderr } = spawnSync('unshare', ['-rm', 'bash', '-c', script, '-', ...score, ...to], {
    encoding: 'utf8',
  });
  assert.equal(status, scenario.rejects ? 1 : 0, `${scenario.name}, ${kibibytes} KiB: exit ${status} ${stderr}`);
  return assertSame(scenario, wholes[i], out);
}

const isMountable = spawnSync('unshare', ['-rm', 'true']).status === 0;
if (!isMountable) console.log('NOT TESTED: no disk can be mounted here');
for (let n = 0; isMountable && n < Number(disks); n++) await fillDisk(n % SCENARIOS.length, 8 + ((n * 13) % 29));
if (isMountable) console.log(`${disks} disks of 8 to 36 KiB that were filled and then given room: each output equal`);
