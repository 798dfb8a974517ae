import type { LengthReward } from '../../contracts/agreement.js';
import { horizontalAxis, verticalAxis } from './axes.js';
import type { Layer, Spec } from './render.js';
import { roundScale } from './scale.js';
import { BETTER, plot, WORSE } from './theme.js';

/** Points of each line, at most. */
const GROUPS = 8;
/** Answers per point, at least. */
const SMALLEST_GROUP = 5;

/** Below this, the answers of a half are drawn large: they do not cover each other. */
const FEW = 100;

interface Answer {
  /** Code points, at least 1. */
  length: number;
  /** Reward minus the mean reward of its row. */
  reward: number;
}

/** Answers of similar length: the geometric mean of their lengths, the mean of their rewards, and their number. */
interface Group extends Answer {
  answers: number;
}

interface Half {
  answers: Answer[];
  groups: Group[];
}

/** Reward against length, and the mean reward by length of the answers that the labels put into the better half and the worse. */
export function lengthRewardPlot(lengthReward: LengthReward): Spec {
  const { better, worse } = halves(lengthReward);
  const all = [...better.answers, ...worse.answers];
  const rewards = roundScale(
    all.map(({ reward }) => reward),
    8,
  );
  const lengths = extentOf(all.map(({ length }) => length));
  const encoding: Spec['encoding'] = {
    x: {
      field: 'length',
      type: 'quantitative',
      scale: { type: 'log', domain: lengths, nice: false },
      axis: horizontalAxis('length in code points', lengthTicks(lengths), 'count'),
    },
    y: {
      field: 'reward',
      type: 'quantitative',
      scale: { domain: rewards.domain },
      axis: verticalAxis('reward minus the mean of its row', rewards, 'number'),
    },
  };
  return plot({ height: 220, right: 22 }, encoding, [
    cloud(worse, WORSE, 'square'),
    cloud(better, BETTER, 'circle'),
    ...means(worse, WORSE, 'square'),
    ...means(better, BETTER, 'circle'),
  ]);
}

/** Answers that the labels put above the middle of their row, and those below; those in the middle are left out. */
export function halves({ points }: LengthReward): { better: Half; worse: Half } {
  const half = (isIn: (beaten: number) => boolean): Half => {
    const answers = points
      .filter(([, , beaten]) => isIn(beaten))
      .map(([length, reward]) => ({ length: Math.max(1, length), reward }));
    return { answers, groups: groupsByLength(answers) };
  };
  return { better: half((beaten) => beaten > 0.5), worse: half((beaten) => beaten < 0.5) };
}

/** Groups of about equal size, short to long. */
function groupsByLength(answers: readonly Answer[]): Group[] {
  const byLength = [...answers].sort((a, b) => a.length - b.length);
  const count = Math.min(GROUPS, Math.floor(answers.length / SMALLEST_GROUP));
  return Array.from({ length: count }, (_, i) => {
    const group = byLength.slice((i * answers.length) / count, ((i + 1) * answers.length) / count);
    return {
      length: Math.exp(mean(group.map(({ length }) => Math.log(length)))),
      reward: mean(group.map(({ reward }) => reward)),
      answers: group.length,
    };
  });
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

/** Many points are drawn smaller and fainter. */
function cloud({ answers }: Half, color: string, shape: string): Layer {
  const look = answers.length < FEW ? { size: 24, opacity: 0.8 } : { size: 12, opacity: 0.3 };
  return { data: { values: answers }, mark: { type: 'point', color, shape, ...look } };
}

function means({ groups }: Half, color: string, shape: string): Layer[] {
  return [
    { data: { values: groups }, mark: { type: 'line', color, strokeWidth: 2 } },
    { data: { values: groups }, mark: { type: 'point', color, shape, size: 50 } },
  ];
}

function extentOf(lengths: readonly number[]): [number, number] {
  const least = lengths.reduce((a, b) => Math.min(a, b));
  const greatest = lengths.reduce((a, b) => Math.max(a, b));
  return [least / 1.1, Math.max(greatest, least + 1) * 1.1];
}

/** Ticks at 1, 10, 100 …, also at 2, 5, 20 … on short axes; at other round numbers where fewer than two of these fit. */
function lengthTicks([least, greatest]: [number, number]): number[] {
  const within = (ticks: number[]) => ticks.filter((tick) => tick >= least && tick <= greatest);
  const steps = greatest / least > 300 ? [1] : [1, 2, 5];
  const powers = Array.from({ length: 16 }, (_, power) => 10 ** power);
  const ticks = within(powers.flatMap((power) => steps.map((step) => step * power)));
  return ticks.length > 1 ? ticks : within(roundScale([least, greatest], 4).ticks);
}
