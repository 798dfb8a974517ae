import { type Agreement, agreement, isSameModel } from './agreement.js';
import type { BenchTexts } from './bench-texts.js';
import type { Contender } from './contender.js';
import type { LineProcess } from './line-process.js';
import { type Spread, spreadOf } from './spread.js';

/** Seconds of one pass over a mix, a value a round. */
export type Times = ReadonlyMap<string, readonly number[]>;

/** The matrix products of one dtype alone. */
export interface Bare {
  key: string;
  name: string;
  flopsPerToken: number;
  process: LineProcess;
}

/**
 * Every contender once a round, one after the other, each round beginning with another, so that what slows the machine down for a while
 * slows all of them.
 */
export async function runRounds(
  rounds: number,
  contenders: readonly Contender[],
  bare: readonly Bare[],
  texts: BenchTexts,
  step: (what: string) => void,
): Promise<Times> {
  const times = new Map<string, number[]>([...contenders, ...bare].map(({ key }) => [key, []]));
  const measures = [
    ...contenders.map(({ key, run }) => ({ key, seconds: async (round: number) => (await run(texts, round)).seconds })),
    ...bare.map(({ key, process }) => ({ key, seconds: () => bareSeconds(process, texts) })),
  ];
  for (let round = 0; round < rounds; round++) {
    for (let i = 0; i < measures.length; i++) {
      const { key, seconds } = measures[(i + round) % measures.length];
      times.get(key)?.push(await seconds(round));
    }
    step(`${texts.name}: round ${round + 1} of ${rounds}`);
  }
  return times;
}

async function bareSeconds(process: LineProcess, { runs }: BenchTexts): Promise<number> {
  const [line] = await process.ask(`${JSON.stringify(runs)}\n`);
  return Number(line);
}

/** How many times longer `slow` takes than `fast`, round by round. */
export function ratioOf(times: Times, slow: string, fast: string): Spread | undefined {
  const [slower, faster] = [times.get(slow), times.get(fast)];
  if (!slower || !faster) return undefined;
  return spreadOf(slower.map((seconds, round) => seconds / faster[round]));
}

/**
 * A pass that does not count: it warms the engine up, and compares its rewards.
 * @throws Error when it computes another model
 */
export async function firstPass(
  contender: Contender,
  texts: BenchTexts,
  reference: readonly number[],
): Promise<Agreement> {
  const { rewards } = await contender.run(texts, 0);
  const answers = texts.ids.map(({ length }) => length);
  const agreed = agreement(rewards, reference, answers);
  if (isSameModel(agreed)) return agreed;
  const { largestDifference, sameOrder } = agreed;
  const problem = `rewards differ by up to ${largestDifference}, and ${sameOrder} of the pairs are ordered alike`;
  throw new Error(`${contender.name} computes another model: ${problem}`);
}
