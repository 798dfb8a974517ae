import type { Comparison } from '../../contracts/agreement.js';
import { RowError } from '../../contracts/errors.js';
import type { Ranking } from '../../contracts/ranking.js';
import { RunComparer } from '../../measure/compare/run-comparer.js';
import { ErrorLines } from '../../read/error-lines.js';
import type { Input } from '../../read/inputs/inputs.js';
import { readRankings } from '../../read/rankings.js';
import { comparisonJson } from '../../report/json.js';
import { comparisonTable } from '../../report/terminal/comparison-table.js';
import { openOutputLater } from '../../write/files/output.js';
import type { Destination } from '../../write/files/same-place.js';
import { ByWatch } from '../common/by-watch.js';
import { chosen } from '../common/chosen-rows.js';
import { eachRow, type Outcome, openTaking, tellErrorLines } from '../common/each-row.js';
import { inputsOf, readOptions } from '../common/inputs-of.js';
import { Outputs } from '../common/outputs.js';
import { seenRun } from '../common/seen-run.js';
import { showTable } from '../common/show-table.js';
import { endStopSignals, tellInterrupt } from '../common/stop-signals.js';
import type { CompareSettings } from './settings.js';

/** One of the two runs: its inputs, the lines of them that are errors, and the function that takes its rankings. */
interface Run {
  inputs: readonly Input[];
  errors: ErrorLines;
  add(ranking: Ranking): void;
}

/** Writes what changed between the rankings of two runs. */
export function compare(settings: CompareSettings, interrupted: AbortSignal): Promise<Outcome> {
  const outputs = [{ flag: '--json', target: settings.json?.target }];
  const facts = { command: 'compare', paths: [settings.a, settings.b], outputs };
  return seenRun(settings, facts, () => comparedRuns(settings, outputs, interrupted));
}

async function comparedRuns(
  settings: CompareSettings,
  destinations: readonly Destination[],
  interrupted: AbortSignal,
): Promise<Outcome> {
  const { a, b, measure, console } = settings;
  tellInterrupt(interrupted, console);
  const [ofA, ofB] = [
    await inputsOf({ ...settings, paths: [a] }, destinations, interrupted),
    await inputsOf({ ...settings, paths: [b] }, destinations, interrupted),
  ];
  const watch = new ByWatch(measure.by, true);
  const { outcome, comparison } = await compared(ofA, ofB, watch, settings, interrupted);
  await showTable(comparisonTable(comparison), console, [settings.json?.target]);
  watch.check();
  return outcome;
}

async function compared(
  ofA: readonly Input[],
  ofB: readonly Input[],
  watch: ByWatch,
  settings: CompareSettings,
  interrupted: AbortSignal,
): Promise<{ outcome: Outcome; comparison: Comparison }> {
  await using outputs = new Outputs(interrupted, settings.console);
  const json = settings.json && outputs.add<string>(await openOutputLater(settings.json.target, settings.json));
  const comparer = new RunComparer(settings.measure);
  const runs: Run[] = [
    { inputs: ofA, errors: new ErrorLines(), add: (ranking) => comparer.addA(ranking) },
    {
      inputs: ofB,
      errors: new ErrorLines(),
      add: (ranking) => {
        comparer.addB(ranking);
        // The values of slices come from B.
        watch.add(ranking);
      },
    },
  ];
  const { stopped } = outputs;
  const outcome = await eachRow(
    additions(runs, settings, stopped),
    settings,
    await openTaking(settings, outputs),
    (add) => add(),
  );
  await json?.pause();
  await endStopSignals(stopped, 'stopped before the intervals were computed');
  const [a, b] = runs.map(({ errors }) => errors.count);
  const comparison = comparer.result({ a, b });
  await json?.write(comparisonJson(comparison));
  await outputs.commit();
  for (const [name, { errors }] of [
    ['A', runs[0]],
    ['B', runs[1]],
  ] as const)
    tellErrorLines(errors, settings.console, `${name}: `);
  return { outcome, comparison };
}

/** A function per ranking that adds it to its run: first all of A, then all of B. */
async function* additions(
  runs: readonly Run[],
  settings: CompareSettings,
  interrupted: AbortSignal,
): AsyncGenerator<(() => void) | RowError> {
  const options = readOptions(settings, interrupted);
  for (const { inputs, errors, add } of runs) {
    for await (const ranking of errors.leftOutOf(chosen(readRankings(inputs, options), settings))) {
      yield ranking instanceof RowError ? ranking : () => add(ranking);
    }
  }
}
