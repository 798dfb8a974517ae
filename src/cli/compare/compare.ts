import type { Comparison } from '../../contracts/agreement.js';
import { RowError, StarlingError } from '../../contracts/errors.js';
import type { Ranking } from '../../contracts/ranking.js';
import { RunComparer } from '../../measure/compare/run-comparer.js';
import type { Input } from '../../read/inputs/inputs.js';
import { readRankings } from '../../read/rankings.js';
import { comparisonJson } from '../../report/json.js';
import { comparisonTable } from '../../report/terminal/comparison-table.js';
import { type Output, openOutputLater } from '../../write/files/output.js';
import { ByWatch } from '../common/by-watch.js';
import { eachRow, type Outcome } from '../common/each-row.js';
import { type ReadFlags, readOptions } from '../common/flags.js';
import { inputsOf } from '../common/inputs-of.js';
import { showTable } from '../common/show-table.js';
import { endStopSignals, tellInterrupt } from '../common/stop-signals.js';
import { chosen, rejectsOf } from '../common/with-rows.js';
import { writingIf } from '../common/writing.js';

export interface CompareFlags extends ReadFlags {
  by?: string[];
  json?: string;
}

/** One of the two runs: what was read, and who takes it. */
interface Run {
  inputs: readonly Input[];
  add(ranking: Ranking): void;
}

/** Writes what changed between the rankings of `a` and those of `b`. */
export async function compare(a: string, b: string, flags: CompareFlags, interrupted: AbortSignal): Promise<Outcome> {
  if (a === '-' && b === '-') throw new StarlingError('E_USAGE', 'A and B cannot both be standard input; name a file');
  tellInterrupt(interrupted, flags);
  const options = { ...readOptions(flags), signal: interrupted };
  const destinations = [{ flag: '--json', target: flags.json }, rejectsOf(flags)];
  const [ofA, ofB] = [
    await inputsOf([a], destinations, options, flags),
    await inputsOf([b], destinations, options, flags),
  ];
  const json =
    flags.json === undefined ? undefined : await openOutputLater(flags.json, { force: flags.force ?? false });
  const watch = new ByWatch(flags.by ?? [], true);
  const { outcome, comparison } = await writingIf(json, interrupted, async (stopped) => {
    const result = await compared(ofA, ofB, watch, flags, stopped, json);
    await json?.write(comparisonJson(result.comparison));
    return result;
  });
  await showTable(comparisonTable(comparison), flags, [flags.json]);
  watch.check();
  return outcome;
}

async function compared(
  ofA: readonly Input[],
  ofB: readonly Input[],
  watch: ByWatch,
  flags: CompareFlags,
  interrupted: AbortSignal,
  json: Output | undefined,
): Promise<{ outcome: Outcome; comparison: Comparison }> {
  const comparer = new RunComparer({ seed: flags.seed, by: flags.by ?? [] });
  const runs: Run[] = [
    { inputs: ofA, add: (ranking) => comparer.addA(ranking) },
    {
      inputs: ofB,
      add: (ranking) => {
        comparer.addB(ranking);
        // Slices are those of B.
        watch.add(ranking);
      },
    },
  ];
  const outcome = await eachRow(additions(runs, flags, interrupted), flags, interrupted, (add) => add());
  await json?.pause?.();
  await endStopSignals(interrupted, 'stopped before the intervals were computed');
  return { outcome, comparison: comparer.result() };
}

/** The addition of each ranking, first all of the first run. */
async function* additions(
  runs: readonly Run[],
  flags: CompareFlags,
  interrupted: AbortSignal,
): AsyncGenerator<(() => void) | RowError> {
  const options = { ...readOptions(flags), signal: interrupted };
  for (const { inputs, add } of runs) {
    for await (const ranking of chosen(readRankings(inputs, options), flags)) {
      yield ranking instanceof RowError ? ranking : () => add(ranking);
    }
  }
}
