import { intervalCoverage } from '../measure/interval-coverage.js';

/**
 * Measures how often the intervals contain the true value, in a thousand repetitions. The true value is measured on 600,000 prompts.
 *
 *     npm run build && node dist/test/bench/interval-coverage.js > test/bench/interval-coverage.json
 */
const REPETITIONS = 1000;
const TRUTH_PROMPTS = 600_000;

const found = Object.fromEntries(
  [100, 25].map((prompts) => [`${prompts}_prompts`, intervalCoverage(prompts, REPETITIONS, TRUTH_PROMPTS)]),
);
process.stdout.write(`${JSON.stringify({ level: 0.95, repetitions: REPETITIONS, ...found }, rounded, 2)}\n`);

function rounded(_key: string, value: unknown): unknown {
  return typeof value === 'number' ? Number(value.toFixed(6)) : value;
}
