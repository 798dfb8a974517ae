import { parseArgs } from 'node:util';

export interface BenchOptions {
  /** How often every contender runs every mix. */
  rounds: number;
  /** Number of rows of each mix, synthetic and real. */
  syntheticRows: number;
  /** Factor on the length of the synthetic texts; 1 = full length. */
  syntheticLength: number;
  realRows: number;
  startTimes: number;
  /** Numbers of rows, few and many, for the growth of memory. */
  growth: [number, number];
  /** File for all results. */
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
/** A check that the benchmark runs. Its figures mean nothing. */
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
      rows: { type: 'string' },
      json: { type: 'string' },
    },
  });
  const { growth, ...preset } = values.quick ? QUICK : FULL;
  const rounds = count('--rounds', values.rounds, preset.rounds);
  const syntheticRows = count('--rows', values.rows, preset.syntheticRows);
  const realRows = count('--rows', values.rows, preset.realRows);
  return { ...preset, rounds, syntheticRows, realRows, growth: [...growth], json: values.json };
}

function count(flag: string, text: string | undefined, otherwise: number): number {
  const value = Number(text ?? otherwise);
  if (!Number.isInteger(value) || value < 1) throw new Error(`${flag}: expected a whole number, found ${text}`);
  return value;
}
