import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { createWriteStream, readFileSync, statSync, writeFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { cpus, loadavg } from 'node:os';
import { join } from 'node:path';
import { shardOf } from '../../src/read/choose/shard.js';
import { shardName } from '../../src/runs/merge/shard-name.js';
import type { RunRecord } from '../../src/runs/run-record.js';
import { ROOT, SAMPLE } from '../root.js';
import { tempFolder } from '../temp-folder.js';
import { PEAK, peakIn, processorTimeIn } from './peak.js';

/**
 * Measures time and memory of `merge` for a million rankings of seven answers in 64 shards. The lines are those of the sample with other
 * indexes, so that no row has to be scored.
 *
 *     npm run build && node dist/test/bench/merge-scale.js [ROWS] [SHARDS] [jsonl,tsv,parquet,arrow]
 */
const [rows = '1000000', shards = '64', endings = 'jsonl,tsv,parquet,arrow'] = process.argv.slice(2);
const ROWS = Number(rows);
const COUNT = Number(shards);
const PROGRAM = join(ROOT, 'bin/starling-rm');
const MEBIBYTE = 2 ** 20;

const folder = tempFolder();
const score = spawnSync(PROGRAM, ['score', SAMPLE, '-q', '--shard', `0/${COUNT}`, '-o', join(folder, 'made.jsonl')]);
if (score.status !== 0) throw new Error(`${score.stderr}`);
const made = shardName(join(folder, 'made.jsonl'), { index: 0, count: COUNT });
const lines = readFileSync(made, 'utf8').trimEnd().split('\n');
const record: RunRecord = JSON.parse(readFileSync(`${made}.run.json`, 'utf8'));
if (record.end === undefined) throw new Error('the run has not ended');

/** Writes all shards side by side, each with its record. @returns their names and the SHA-256 of all lines in their order */
async function writeShards(
  end: NonNullable<RunRecord['end']>,
): Promise<{ names: string[]; bytes: number; digest: string }> {
  const all = createHash('sha256');
  let bytes = 0;
  const files = Array.from({ length: COUNT }, (_, index) => {
    const name = shardName(join(folder, 'out.jsonl'), { index, count: COUNT });
    return { name, hash: createHash('sha256'), bytes: 0, rows: 0, stream: createWriteStream(name) };
  });
  for (let row = 0; row < ROWS; row++) {
    const line = `${lines[row % lines.length].replace(/^\{"index":\d+/, `{"index":${row}`)}\n`;
    const file = files[shardOf(row, COUNT)];
    all.update(line);
    file.hash.update(line);
    file.rows++;
    file.bytes += Buffer.byteLength(line);
    bytes += Buffer.byteLength(line);
    if (!file.stream.write(line)) await once(file.stream, 'drain');
  }
  for (const [index, { name, hash, stream, ...counts }] of files.entries()) {
    stream.end();
    await once(stream, 'close');
    const asked = { ...record.asked, choice: { shard: `${index}/${COUNT}` } };
    const ofShard = { ...record, asked, end: { ...end, ...counts, sha256: hash.digest('hex') } };
    writeFileSync(`${name}.run.json`, JSON.stringify(ofShard));
  }
  return { names: files.map(({ name }) => name), bytes, digest: all.digest('hex') };
}

const { names, bytes, digest } = await writeShards(record.end);
console.log(`${cpus()[0].model}, ${cpus().length} cores, Node ${process.version}, load ${loadavg()[0].toFixed(1)}`);
console.log(`${ROWS} rankings of seven answers in ${COUNT} shards, ${Math.round(bytes / MEBIBYTE)} MiB`);
for (const ending of endings.split(',')) {
  const out = join(folder, `all.${ending}`);
  const start = performance.now();
  const run = spawnSync(process.execPath, ['--import', PEAK, PROGRAM, 'merge', ...names, '-o', out], {
    encoding: 'utf8',
  });
  const seconds = ((performance.now() - start) / 1000).toFixed(1);
  if (run.status !== 0) throw new Error(run.stderr);
  const size = Math.round(statSync(out).size / MEBIBYTE);
  const same = ending !== 'jsonl' ? '' : `, the lines in their order: ${(await digestOf(out)) === digest}`;
  console.log(
    `${ending}: ${seconds} s (${processorTimeIn(run.stderr)} s of processor time), peak RSS ${peakIn(run.stderr)} MiB, ${size} MiB written${same}`,
  );
}

async function digestOf(file: string): Promise<string> {
  return createHash('sha256')
    .update(await readFile(file))
    .digest('hex');
}
