import type { Agreement } from './agreement.js';
import { type Bar, EFFICIENCY_BARS, GROWTH_BAR, SPEED_BARS, START_BAR } from './bars.js';
import type { BenchTexts } from './bench-texts.js';
import type { Contender } from './contender.js';
import type { Growth } from './growth.js';
import { type Bare, ratioOf, type Times } from './rounds.js';
import { type Spread, spreadOf } from './spread.js';
import type { Work } from './work.js';

/** The results of one contender on one mix. */
export interface ContenderResult {
  key: string;
  name: string;
  secondsPerRow: Spread;
  /** Sum over all threads; NaN without /proc. */
  processorSecondsPerRow: Spread;
  usefulTokensPerSecond: number;
  usefulGflops: number;
  /** Its time divided by that of our int8. */
  timesOurInt8: Spread | undefined;
  agreement: Agreement;
}

export interface BareResult {
  key: string;
  name: string;
  gflops: Spread;
}

export interface MixResult {
  mix: string;
  rows: number;
  work: Work;
  contenders: ContenderResult[];
  bare: BareResult[];
  bars: Bar[];
}

/** A contender that ran, and the agreement of its rewards with those of our fp32. */
export interface Runner {
  contender: Contender;
  agreements: ReadonlyMap<string, Agreement>;
}

export function mixResult(
  texts: BenchTexts,
  runners: readonly Runner[],
  bare: readonly Bare[],
  times: Times,
): MixResult {
  const { name: mix, rows, work, runs } = texts;
  const bareTokens = runs.reduce((sum, tokens) => sum + tokens, 0);
  const contenders = runners.map(({ contender, agreements }) => {
    const taken = times.get(contender.key) ?? [];
    const seconds = spreadOf(taken.map((one) => one.seconds));
    const processor = spreadOf(taken.map((one) => one.processorSeconds));
    return {
      key: contender.key,
      name: contender.name,
      secondsPerRow: scaled(seconds, 1 / rows),
      processorSecondsPerRow: scaled(processor, 1 / rows),
      usefulTokensPerSecond: work.tokens / seconds.median,
      usefulGflops: work.flops / seconds.median / 1e9,
      timesOurInt8: ratioOf(times, contender.key, 'ours-int8'),
      agreement: agreements.get(mix) ?? { largestDifference: 0, sameOrder: null },
    };
  });
  const products = bare.map(({ key, name, flopsPerToken }) => {
    const gflops = (times.get(key) ?? []).map(({ seconds }) => (bareTokens * flopsPerToken) / seconds / 1e9);
    return { key, name, gflops: spreadOf(gflops) };
  });
  return {
    mix,
    rows,
    work,
    contenders,
    bare: products,
    bars: [...speedBars(times), ...efficiencyBars(texts, bare, times)],
  };
}

function speedBars(times: Times): Bar[] {
  return SPEED_BARS.map(([figure, slow, fast, floor, aim]): Bar => {
    return { figure, value: ratioOf(times, slow, fast)?.median, floor, aim, better: 'more' };
  });
}

function efficiencyBars({ work, runs }: BenchTexts, bare: readonly Bare[], times: Times): Bar[] {
  const tokens = runs.reduce((sum, run) => sum + run, 0);
  return EFFICIENCY_BARS.map(([figure, ours, alone, floor, aim]): Bar => {
    const { flopsPerToken = 0 } = bare.find(({ key }) => key === alone) ?? {};
    const ratio = ratioOf(times, alone, ours)?.median;
    // Both are operations a second, but they count different operations.
    const value = ratio === undefined ? undefined : (ratio * work.flops) / (tokens * flopsPerToken);
    return { figure, value, floor, aim, better: 'more' };
  });
}

export function processBars(start: Spread, growth: Growth | undefined): Bar[] {
  return [
    { ...START_BAR, value: start.median, better: 'less' },
    { ...GROWTH_BAR, value: growth && growth.many.bytes / growth.few.bytes, better: 'less' },
  ];
}

function scaled({ median, low, high }: Spread, by: number): Spread {
  return { median: median * by, low: low * by, high: high * by };
}
