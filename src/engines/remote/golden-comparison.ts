import type { GoldenRow } from '../../model/golden-file.js';

/** Share of the golden rewards' range by which a server may differ. bfloat16 differs by some 1 %. */
export const TOLERANCE = 0.05;

/** Squared correlation above which rewards are taken for the same ones, scaled. */
const SAME = 0.99;
/** Distance to a sigmoid that counts as being one. */
const CLOSE = 0.02;

/** A server's rewards beside the golden ones. */
export interface GoldenComparison {
  /** The largest distance, as a share of the golden rewards' range. */
  distance: number;
  /** What the rewards look like, if they are not the golden ones. */
  looks: string;
}

export function comparedToGolden(golden: readonly GoldenRow[], rewards: readonly number[]): GoldenComparison {
  const expected = golden.map(({ reward }) => reward);
  const range = Math.max(...expected) - Math.min(...expected);
  const most = Math.max(...expected.map((reward, i) => Math.abs(reward - rewards[i])));
  return { distance: most / range, looks: looksOf(expected, rewards) };
}

function looksOf(expected: readonly number[], rewards: readonly number[]): string {
  if (expected.every((reward, i) => Math.abs(sigmoid(reward) - rewards[i]) < CLOSE))
    return 'they look like a sigmoid of the rewards: the server ignores use_activation, or something before it does';
  const { slope, start, fit } = line(expected, rewards);
  if (fit > SAME)
    return `they look like ${slope.toPrecision(3)} times the rewards ${start < 0 ? '-' : '+'} ${Math.abs(start).toPrecision(3)}: another head, or a normalization`;
  return 'they look like those of another model, or of another head or readout';
}

function sigmoid(x: number): number {
  return 1 / (1 + Math.exp(-x));
}

/** The line of least squares through the points, and the share of the variance that it explains. */
function line(xs: readonly number[], ys: readonly number[]): { slope: number; start: number; fit: number } {
  const [x, y] = [mean(xs), mean(ys)];
  const products = mean(xs.map((one, i) => (one - x) * (ys[i] - y)));
  const [ofX, ofY] = [mean(xs.map((one) => (one - x) ** 2)), mean(ys.map((one) => (one - y) ** 2))];
  const slope = products / ofX;
  return { slope, start: y - slope * x, fit: ofY === 0 ? 0 : products ** 2 / (ofX * ofY) };
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}
