import { parseArgs } from 'node:util';

export interface BenchOptions {
  /** How often every contender runs every mix. */
  rounds: number;
  /** Rows of the synthetic mix, and of the real one. */
  syntheticRows: number;
  /** Length of the synthetic texts, 1 = as they should be. */
  syntheticLength: number;
  realRows: number;
  startTimes: number;
  /** Rows with which the growth of memory is measured, few and many. */
  growth: [number, number];
  /** Where all figures are kept. */
  json?: string;
}

const FULL = {
  rounds: 5,
  syntheticRows: 8,
  syntheticLength: 1,
  realRows: 15,
  startTimes: 7,
  growth: [100, 10_000],
} as const;
/** Only whether it runs: the figures mean nothing. */
const QUICK = {
  rounds: 1,
  syntheticRows: 2,
  syntheticLength: 0.1,
  realRows: 1,
  startTimes: 1,
  growth: [100, 200],
} as const;

export function benchOptions(args: readonly string[]): BenchOptions {
  const { values } = parseArgs({
    args: [...args],
    options: {
      quick: { type: 'boolean', default: false },
      rounds: { type: 'string' },
      json: { type: 'string' },
    },
  });
  const { growth, ...preset } = values.quick ? QUICK : FULL;
  const rounds = Number(values.rounds ?? preset.rounds);
  if (!Number.isInteger(rounds) || rounds < 1)
    throw new Error(`--rounds: expected a whole number, found ${values.rounds}`);
  return { ...preset, rounds, growth: [...growth], json: values.json };
}
