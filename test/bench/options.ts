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
