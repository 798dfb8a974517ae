import type { Comparison } from '../../contracts/agreement.js';
import { RowError } from '../../contracts/errors.js';
import type { Ranking } from '../../contracts/ranking.js';
import { RunComparer } from '../../measure/compare/run-comparer.js';
import { ErrorLines } from '../../read/error-lines.js';
import type { Input } from '../../read/inputs/inputs.js';
import { readRankings } from '../../read/rankings.js';
import { comparisonJson } from '../../report/json.js';
import { comparisonTable } from '../../report/terminal/comparison-table.js';
import { scoringDifferences } from '../../runs/differences.js';
import { RankingOrigins } from '../../runs/ranking-origins.js';
import { openOutputLater } from '../../write/files/output.js';
import type { Destination } from '../../write/files/same-place.js';
import { ByWatch } from '../common/by-watch.js';
import { chosen } from '../common/chosen-rows.js';
import { eachRow, type Outcome, openTaking, tellErrorLines } from '../common/each-row.js';
import { inputsOf, readOptions } from '../common/inputs/inputs-of.js';
import { Outputs } from '../common/outputs.js';
import { shownNotes } from '../common/scored-by.js';
import { seenRun } from '../common/seen-run.js';
import { showTable } from '../common/show-table.js';
import { endStopSignals, tellInterrupt } from '../common/stop-signals.js';
import type { CompareSettings } from './settings.js';

/** One of the two runs, its inputs checked. */
interface OpenRun {
  inputs: readonly Input[];
  origins: RankingOrigins;
}

/** The same with the lines that are errors, and the function that takes its rankings. */
interface TakenRun extends OpenRun {
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
    await openRun(a, settings, destinations, interrupted),
    await openRun(b, settings, destinations, interrupted),
  ];
  const watch = new ByWatch(measure.by, true);
  const { outcome, comparison } = await compared(ofA, ofB, watch, settings, interrupted);
  await showTable(comparisonTable(comparison), console, [settings.json?.target]);
  watch.check();
  return outcome;
}

async function openRun(
  path: string,
  settings: CompareSettings,
  destinations: readonly Destination[],
  interrupted: AbortSignal,
): Promise<OpenRun> {
  const origins = new RankingOrigins();
  const reading = { ...settings, paths: [path], onIdentity: origins.onIdentity };
  return { inputs: await inputsOf(reading, destinations, interrupted), origins };
}

async function compared(
  ofA: OpenRun,
  ofB: OpenRun,
  watch: ByWatch,
  settings: CompareSettings,
  interrupted: AbortSignal,
): Promise<{ outcome: Outcome; comparison: Comparison }> {
  await using outputs = new Outputs(interrupted, settings.console);
  const json = settings.json && outputs.add<string>(await openOutputLater(settings.json.target, settings.json));
  const comparer = new RunComparer(settings.measure);
  const runs: TakenRun[] = [
    { ...ofA, errors: new ErrorLines(), add: (ranking) => comparer.addA(ranking) },
    {
      ...ofB,
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
  const comparison = { ...(await scoredByOf(ofA, ofB, settings)), ...comparer.result({ a, b }) };
  await json?.write(comparisonJson(comparison));
  await outputs.commit();
  for (const [name, { errors }] of [
    ['A', runs[0]],
    ['B', runs[1]],
  ] as const)
    tellErrorLines(errors, settings.console, `${name}: `);
  return { outcome, comparison };
}

/** What scored the two runs, and what differs there. */
async function scoredByOf(
  ofA: OpenRun,
  ofB: OpenRun,
  { console }: CompareSettings,
): Promise<Pick<Comparison, 'scored_by' | 'scored_by_notes' | 'run_differences'>> {
  const [a, b] = [await ofA.origins.found(ofA.inputs), await ofB.origins.found(ofB.inputs)];
  const notes = [...new Set([...a.notes, ...b.notes])];
  const fields = { scored_by: { a: a.scoredBy, b: b.scoredBy }, ...shownNotes(notes, console) };
  if (a.scoredBy.length !== 1 || b.scoredBy.length !== 1) return fields;
  const { date: _a, ...before } = a.scoredBy[0];
  const { date: _b, ...now } = b.scoredBy[0];
  const differences = scoringDifferences(before, now);
  return { ...fields, run_differences: differences.map((one) => ({ name: one.name, a: one.before, b: one.now })) };
}

/** A function per ranking that adds it to its run: first all of A, then all of B. */
async function* additions(
  runs: readonly TakenRun[],
  settings: CompareSettings,
  interrupted: AbortSignal,
): AsyncGenerator<(() => void) | RowError> {
  for (const { inputs, origins, errors, add } of runs) {
    const options = readOptions({ ...settings, onIdentity: origins.onIdentity }, interrupted);
    for await (const ranking of errors.leftOutOf(chosen(readRankings(inputs, options), settings))) {
      yield ranking instanceof RowError ? ranking : () => add(ranking);
    }
  }
}
