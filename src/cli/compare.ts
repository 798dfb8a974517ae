import type { Command } from 'commander';
import type { Comparison } from '../agreement.js';
import { StarlingError } from '../errors.js';
import { RunComparer } from '../measure/compare/run-comparer.js';
import { openInputs } from '../read/inputs.js';
import { limit } from '../read/limit.js';
import { readRankings } from '../read/rankings.js';
import { comparisonTable } from '../report/comparison-table.js';
import { comparisonJson } from '../report/json.js';
import type { Ranking } from '../types.js';
import { openOutput } from '../write/output.js';
import { eachRanking, type Outcome } from './each-ranking.js';
import { addInputFlags, atLeast, fieldList, type InputFlags, maxLineBytes } from './options.js';
import { writing } from './writing.js';

interface CompareFlags extends InputFlags {
  by?: string[];
  json?: string;
  force?: boolean;
  seed: number;
}

const SUMMARY = 'Tells what changed between two runs over the same rows';

/** `starling-rm compare`: two files of rankings in; differences with paired intervals out. */
export function addCompare(
  program: Command,
  run: (work: (interrupted: AbortSignal) => Promise<Outcome>) => Promise<void>,
): void {
  const command = program
    .command('compare')
    .summary(SUMMARY)
    .description(`${SUMMARY}: what flipped, and whether it agrees more with the labels. A and B are outputs of score.`)
    .argument('<A>')
    .argument('<B>');
  command
    .option('--by <fields>', 'also by source,model,turns,good_natured,length,FIELD', fieldList)
    .option('--json <file>', 'write all figures as JSON; - for standard output')
    .option('--force', 'replace files that exist')
    .option('--seed <n>', 'seed of bootstrap and permutations (1)', atLeast(0), 1);
  addInputFlags(command)
    .addHelpText('after', '\nExample: starling-rm compare int8.jsonl fp32.jsonl --by source')
    .action((a: string, b: string, flags: CompareFlags) => run((interrupted) => compare(a, b, flags, interrupted)));
}

async function compare(a: string, b: string, flags: CompareFlags, interrupted: AbortSignal): Promise<Outcome> {
  if (a === '-' && b === '-') throw new StarlingError('E_USAGE', 'A and B cannot both be standard input; name a file');
  const json = flags.json === undefined ? undefined : await openOutput(flags.json, { force: flags.force ?? false });
  const { outcome, comparison } = await (json === undefined
    ? compared(a, b, flags, interrupted)
    : writing(json, async () => {
        const result = await compared(a, b, flags, interrupted);
        await json.write(comparisonJson(result.comparison));
        return result;
      }));
  await show(comparisonTable(comparison), flags);
  return outcome;
}

async function compared(
  a: string,
  b: string,
  flags: CompareFlags,
  interrupted: AbortSignal,
): Promise<{ outcome: Outcome; comparison: Comparison }> {
  const comparer = new RunComparer({ seed: flags.seed, by: flags.by ?? [] });
  const ofA = await take(a, flags, interrupted, (ranking) => comparer.addA(ranking));
  const ofB = await take(b, flags, interrupted, (ranking) => comparer.addB(ranking));
  // Nothing is in flight any more, and the bootstrap leaves no room to listen: from here SIGINT ends the process by itself.
  process.removeAllListeners('SIGINT');
  const outcome = { rows: ofA.rows + ofB.rows, skipped: ofA.skipped + ofB.skipped };
  return { outcome, comparison: comparer.result() };
}

async function take(
  path: string,
  flags: CompareFlags,
  interrupted: AbortSignal,
  add: (ranking: Ranking) => void,
): Promise<Outcome> {
  const options = { maxLineBytes: maxLineBytes(flags), signal: interrupted };
  const rankings = readRankings(await openInputs([path]), options);
  return eachRanking(limit(rankings, flags.limit), flags, interrupted, add);
}

/** The table goes to standard output unless the JSON does. */
async function show(table: string, flags: CompareFlags): Promise<void> {
  if (flags.json !== '-') await (await openOutput('-', { force: false })).write(table);
  else if (!flags.quiet) process.stderr.write(table);
}
