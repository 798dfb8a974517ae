import { type Bar, verdict } from './bars.js';
import type { Growth } from './growth.js';
import type { MixResult } from './results.js';
import type { Spread } from './spread.js';

/** All results of a run; the content of --json. */
export interface BenchReport {
  date: string;
  machine: { processor: string; cores: number; memoryGiB: number; node: string; onnxruntime: string; platform: string };
  /** Load average over the minute before the start. */
  loadBefore: number;
  rounds: number;
  mixes: MixResult[];
  startSeconds: Spread;
  growth: Growth | undefined;
  /** Peak memory of our process over all mixes, by dtype, weights included. */
  peakMemory: { name: string; bytes: number | undefined }[];
  bars: Bar[];
  /** Measurements that could not be made, with reasons. */
  notMeasured: string[];
}

const MEBIBYTE = 2 ** 20;

/** With more load by other work, measured times mean nothing. */
const MOST_LOAD = 0.5;

export function reportText(report: BenchReport): string {
  const { date, machine, rounds, loadBefore } = report;
  const head = [
    `starling-rm bench, ${date}, ${rounds} rounds; median (least to most)`,
    `${machine.processor}, ${machine.cores} cores, ${machine.memoryGiB} GiB, ${machine.platform}, Node ${machine.node}, onnxruntime ${machine.onnxruntime}`,
  ];
  if (loadBefore > MOST_LOAD)
    head.push(`THE MACHINE WAS BUSY: load ${loadBefore.toFixed(1)} before it began. Run it alone.`);
  const parts = [head, ...report.mixes.map(mixLines), processLines(report), barLines('The process', report.bars)];
  if (report.notMeasured.length > 0) parts.push(report.notMeasured.map((text) => `NOT MEASURED: ${text}`));
  return `${parts.map((lines) => lines.join('\n')).join('\n\n')}\n`;
}

function mixLines({ mix, rows, work, contenders, bare, bars }: MixResult): string[] {
  const title = `${mix}: ${rows} rows, ${work.answers} answers, ${work.tokens} useful tokens, ${(work.flops / 1e9).toFixed(0)} useful GFLOP`;
  const columns = [
    '',
    's a row',
    'processor s a row',
    'useful tokens/s',
    'useful GFLOPS',
    'times our int8',
    'scores within',
    'order as fp32',
  ];
  const lines = contenders.map((one) => [
    one.name,
    spreadText(one.secondsPerRow, 3),
    one.processorSecondsPerRow.median.toFixed(2),
    one.usefulTokensPerSecond.toFixed(0),
    one.usefulGflops.toFixed(0),
    one.timesOurInt8 ? spreadText(one.timesOurInt8, 2) : '',
    one.agreement.largestDifference.toFixed(3),
    one.agreement.sameOrder === null ? '' : `${(one.agreement.sameOrder * 100).toFixed(1)} %`,
  ]);
  const products = bare.map(({ name, gflops }) => [name, `${spreadText(gflops, 0)} GFLOPS`]);
  return [title, ...table([columns, ...lines]), ...table(products), ...barLines(`Bars, ${mix}`, bars)];
}

function processLines({ startSeconds, growth, peakMemory }: BenchReport): string[] {
  const lines = [
    ['process start to the ranking of two ten-word answers', `${spreadText(startSeconds, 3)} s`],
    ...peakMemory.map(({ name, bytes }) => [`peak memory, ${name}`, mebibytes(bytes)]),
  ];
  if (growth) {
    for (const { rows, bytes } of [growth.few, growth.many]) {
      lines.push([`peak memory, one-layer model, ${rows} rows`, mebibytes(bytes)]);
    }
  }
  return table(lines);
}

function barLines(title: string, bars: readonly Bar[]): string[] {
  const lines = bars.map((bar) => [
    bar.figure,
    bar.value === undefined ? '-' : bar.value.toFixed(2),
    `floor ${bar.floor}`,
    `aim ${bar.aim}`,
    verdict(bar),
  ]);
  return [title, ...table(lines)];
}

function mebibytes(bytes: number | undefined): string {
  return bytes === undefined ? 'unknown on this system' : `${(bytes / MEBIBYTE).toFixed(0)} MiB`;
}

function spreadText({ median, low, high }: Spread, digits: number): string {
  if (low === high) return median.toFixed(digits);
  return `${median.toFixed(digits)} (${low.toFixed(digits)} to ${high.toFixed(digits)})`;
}

function table(rows: readonly (readonly string[])[]): string[] {
  const widths = (rows[0] ?? []).map((_, column) => Math.max(...rows.map((cells) => (cells[column] ?? '').length)));
  return rows.map(
    (cells) => `  ${cells.map((cell, i) => (i === 0 ? cell.padEnd(widths[i]) : cell.padStart(widths[i]))).join('  ')}`,
  );
}
