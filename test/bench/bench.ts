import { writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { availableParallelism, cpus, loadavg, totalmem } from 'node:os';
import { tempFolder } from '../temp-folder.js';
import { type BenchTexts, benchTexts } from './bench-texts.js';
import { Engines, TORCH_PYTHON } from './engines.js';
import { memoryGrowth } from './growth.js';
import { lineUp } from './line-up.js';
import { realMix, syntheticMix } from './mixes.js';
import { benchOptions } from './options.js';
import { prepare } from './prepare.js';
import { type BenchReport, reportText } from './report.js';
import { type MixResult, mixResult, processBars } from './results.js';
import { type Bare, runRounds } from './rounds.js';
import { startTime } from './start-time.js';
import { embeddedTrunk } from './trunk.js';

/**
 * How fast the scorer is, beside every other way to get the same rewards on this processor: `npm run bench`, see docs/speed.md.
 *
 *   node dist/test/bench/bench.js [--quick] [--rounds N] [--rows N] [--json FILE]
 */
const [loadBefore] = loadavg();
const options = benchOptions(process.argv.slice(2));
const folder = tempFolder();
const threads = availableParallelism();
const trunk = embeddedTrunk();
const step = (what: string) => process.stderr.write(`bench: ${what}\n`);

step('start and memory of the process');
const startSeconds = await startTime(options.startTimes);
const growth = await memoryGrowth(folder, ...options.growth);

step('the same weights for every contender');
const mixes: BenchTexts[] = [];
for (const mix of [syntheticMix(options.syntheticRows, options.syntheticLength), realMix(options.realRows)]) {
  mixes.push(await benchTexts(mix, trunk, folder));
}
const tiny = await benchTexts(
  { name: 'tiny', rows: [{ prompt: 'Hi.', answers: [{ answer: 'Hello.' }] }] },
  trunk,
  folder,
);
const prepared = await prepare(folder, trunk);
const engines = new Engines(prepared, threads);

step('every contender once, for warm-up and check');
const { runners, ours } = await lineUp(engines, mixes, tiny, TORCH_PYTHON, step);
const bare = [...prepared.bare].map(([dtype, matmuls]): Bare => {
  const { flopsPerToken } = matmuls;
  return { key: `bare-${dtype}`, name: `${dtype} matmuls alone`, flopsPerToken, process: engines.bareMatmuls(matmuls) };
});
const contenders = runners.map(({ contender }) => contender);
await runRounds(1, [], bare, tiny, () => {});
const results: MixResult[] = [];
for (const texts of mixes) {
  const times = await runRounds(options.rounds, contenders, bare, texts, step);
  results.push(mixResult(texts, runners, bare, times));
}
const peakMemory = ours.map(({ name, command }) => ({ name, bytes: command.peakMemory() }));
await engines.closeAll();

const report: BenchReport = {
  date: new Date().toISOString(),
  machine: machine(),
  loadBefore,
  rounds: options.rounds,
  mixes: results,
  startSeconds,
  growth,
  peakMemory,
  bars: processBars(startSeconds, growth),
  notMeasured: TORCH_PYTHON
    ? []
    : ['torch: STARLING_RM_TORCH_PYTHON names no Python with torch, transformers, safetensors'],
};
process.stdout.write(reportText(report));
if (options.json) await writeFile(options.json, `${JSON.stringify(report, null, 2)}\n`);

function machine(): BenchReport['machine'] {
  const runtime = createRequire(import.meta.url)('onnxruntime-node/package.json');
  return {
    processor: cpus()[0]?.model ?? 'unknown',
    cores: threads,
    memoryGiB: Math.round(totalmem() / 2 ** 30),
    node: process.version,
    onnxruntime: runtime.version,
    platform: `${process.platform} ${process.arch}`,
  };
}
