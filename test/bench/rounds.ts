import { type Agreement, agreement, isSameModel } from './agreement.js';
import type { BenchTexts } from './bench-texts.js';
import type { Contender, Pass } from './contender.js';
import type { LineProcess } from './line-process.js';
import { type Spread, spreadOf } from './spread.js';

/** The cost of one pass over a mix. */
export type Taken = Pick<Pass, 'seconds' | 'processorSeconds'>;

/** One value a round, by the key of the contender or of the bare products. */
export type Times = ReadonlyMap<string, readonly Taken[]>;

/** The matrix products of one dtype alone. */
export interface Bare {
  key: string;
  name: string;
  flopsPerToken: number;
  process: LineProcess;
}

/**
 * Runs every contender once a round, one after the other. Each round begins with another one, so that a temporary slowdown of the machine
 * affects all of them.
 */
export async function runRounds(
  rounds: number,
  contenders: readonly Contender[],
  bare: readonly Bare[],
  texts: BenchTexts,
  step: (what: string) => void,
): Promise<Times> {
  const times = new Map<string, Taken[]>([...contenders, ...bare].map(({ key }) => [key, []]));
  const measures = [
    ...contenders.map(({ key, run }) => ({ key, take: (round: number): Promise<Taken> => run(texts, round) })),
    ...bare.map(({ key, process }) => ({ key, take: () => bareTaken(process, texts) })),
  ];
  for (let round = 0; round < rounds; round++) {
    for (let i = 0; i < measures.length; i++) {
      const { key, take } = measures[(i + round) % measures.length];
      const { seconds, processorSeconds } = await take(round);
      times.get(key)?.push({ seconds, processorSeconds });
    }
    step(`${texts.name}: round ${round + 1} of ${rounds}`);
  }
  return times;
}

async function bareTaken(process: LineProcess, { runs }: BenchTexts): Promise<Taken> {
  const [line] = await process.ask(`${JSON.stringify(runs)}\n`);
  return JSON.parse(line);
}

/** The time of `slow` divided by that of `fast`, round by round. */
export function ratioOf(times: Times, slow: string, fast: string): Spread | undefined {
  const [slower, faster] = [times.get(slow), times.get(fast)];
  if (!slower || !faster) return undefined;
  return spreadOf(slower.map(({ seconds }, round) => seconds / faster[round].seconds));
}

/**
 * A pass that is not timed. It warms the engine up and compares its rewards.
 * @throws Error if it computes another model
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
