import { parseArgs } from 'node:util';

export interface BenchOptions {
  /** How often every contender runs every mix. */
  rounds: number;
  /** Rows of the synthetic mix, and of the real one. */
  syntheticRows: number;
  realRows: number;
  startTimes: number;
  /** Rows with which the growth of memory is measured, few and many. */
  growth: [number, number];
  /** Where all figures are kept. */
  json?: string;
}

const FULL = { rounds: 5, syntheticRows: 8, realRows: 15, startTimes: 7, growth: [100, 10_000] } as const;
const QUICK = { rounds: 1, syntheticRows: 2, realRows: 2, startTimes: 1, growth: [100, 200] } as const;

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
