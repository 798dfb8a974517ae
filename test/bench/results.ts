import type { TrunkConfig } from '../../src/convert/checkpoint.js';
import type { Agreement } from './agreement.js';
import { bareFlops } from './bare-matmuls.js';
import { type Bar, EFFICIENCY_BARS, GROWTH_BAR, SPEED_BARS, START_BAR } from './bars.js';
import type { BenchTexts } from './bench-texts.js';
import type { Contender } from './contender.js';
import type { Growth } from './growth.js';
import { ratioOf, type Times } from './rounds.js';
import { type Spread, spreadOf } from './spread.js';
import type { Work } from './work.js';

/** What one contender did on one mix. */
export interface ContenderResult {
  key: string;
  name: string;
  secondsPerRow: Spread;
  usefulTokensPerSecond: number;
  usefulGflops: number;
  /** How many times longer it takes than our int8. */
  timesOurInt8: Spread | undefined;
  agreement: Agreement;
}

export interface BareResult {
  key: string;
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

/** A contender that ran, and how near its rewards are to those of our fp32. */
export interface Runner {
  contender: Contender;
  agreements: ReadonlyMap<string, Agreement>;
}

export function mixResult(texts: BenchTexts, runners: readonly Runner[], times: Times, trunk: TrunkConfig): MixResult {
  const { name: mix, rows, work, runs } = texts;
  const bareWork = runs.reduce((sum, tokens) => sum + bareFlops(tokens, trunk), 0);
  const contenders = runners.map(({ contender, agreements }) => {
    const seconds = spreadOf(times.get(contender.key) ?? []);
    return {
      key: contender.key,
      name: contender.name,
      secondsPerRow: scaled(seconds, 1 / rows),
      usefulTokensPerSecond: work.tokens / seconds.median,
      usefulGflops: work.flops / seconds.median / 1e9,
      timesOurInt8: ratioOf(times, contender.key, 'ours-int8'),
      agreement: agreements.get(mix) ?? { largestDifference: 0, sameOrder: null },
    };
  });
  const bare = [...times.keys()]
    .filter((key) => key.startsWith('bare-'))
    .map((key) => ({ key, gflops: spreadOf((times.get(key) ?? []).map((seconds) => bareWork / seconds / 1e9)) }));
  return { mix, rows, work, contenders, bare, bars: speedBars(times, work.flops / bareWork) };
}

/** @param workRatio useful operations over those of the bare products */
function speedBars(times: Times, workRatio: number): Bar[] {
  const against = SPEED_BARS.map(([figure, slow, fast, floor, aim]): Bar => {
    return { figure, value: ratioOf(times, slow, fast)?.median, floor, aim, better: 'more' };
  });
  const efficiency = EFFICIENCY_BARS.map(([figure, ours, bare, floor, aim]): Bar => {
    const ratio = ratioOf(times, bare, ours)?.median;
    return { figure, value: ratio === undefined ? undefined : ratio * workRatio, floor, aim, better: 'more' };
  });
  return [...against, ...efficiency];
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
