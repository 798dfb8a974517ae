import { RowError } from '../../contracts/errors.js';
import type { ScoreIdentity } from '../../contracts/identity.js';
import type { Ranking } from '../../contracts/ranking.js';
import type { Row } from '../../contracts/row.js';
import { withoutKept } from '../../rank/kept-fields.js';
import { rankingOfKnown } from '../../rank/ranking.js';
import { ErrorLines } from '../../read/error-lines.js';
import { readRankings } from '../../read/rankings.js';
import { RankingOrigins, type RankingsScoredBy } from '../../runs/ranking-origins.js';
import { SavedRankings, savedIn } from '../../runs/saved-rankings.js';
import { scoreIdentity } from '../../score/open-scorer.js';
import { openRankings } from '../../write/open-rankings.js';
import { type ChosenRows, chosen, openRows } from '../common/chosen-rows.js';
import { type Outcome, openTaking, skippedRows, type Taking, tellErrorLines } from '../common/each-row.js';
import { inputsOf, readOptions } from '../common/inputs/inputs-of.js';
import type { Outputs } from '../common/outputs.js';
import { RecordedRun } from '../common/recording/recorded-run.js';
import { type WholeRun, wholeRun } from '../common/recording/whole-run.js';
import { openScoring, type RowScoring } from '../common/scored-rows.js';
import type { RankingsSettings } from '../common/settings.js';
import { tellInterrupt } from '../common/stop-signals.js';
import { destinationsOf, type EvaluateSettings, type ScoredSettings, type UnscoredSettings } from './settings.js';

/** The inputs of `evaluate`, open and checked. */
export interface EvaluateInputs {
  /** Opens the source of the rankings, which also saves them. Called once. */
  source(outputs: Outputs): Promise<RankingSource>;
  /** Reports the quirks of the rows, once all are used. */
  tellQuirks(): void;
}

/** Rankings to measure, and their output. Disposing of it closes the scorer behind it. */
export interface RankingSource extends AsyncDisposable {
  rankings: AsyncGenerator<Ranking | RowError>;
  taking: Taking;
  /** Saves a ranking, if saving was requested. */
  save(ranking: Ranking): Promise<void>;
  /** Called when all rankings are saved: gives the file its name. */
  complete(outcome: Outcome): Promise<CompletedRows>;
  /** What scored the rankings. Called once they are complete. */
  scoredBy(): Promise<RankingsScoredBy>;
}

/** The counts of all rows. */
interface CompletedRows {
  outcome: Outcome;
  /** Rows with an error in place of their ranking, written by this run or by the `score` run that wrote the inputs. */
  rowsWithErrors: number;
}

/** Opens the rows, or with `--scored` the rankings. Refuses inputs that are also destinations. */
export async function openEvaluateInputs(
  settings: EvaluateSettings,
  interrupted: AbortSignal,
): Promise<EvaluateInputs> {
  if (settings.scored) return openRankingInputs(settings, interrupted);
  const rows = await openRows(settings, destinationsOf(settings.output), interrupted);
  const { save } = settings.output;
  return {
    source: (outputs) =>
      save === undefined
        ? unsavedSource(rows, settings, outputs, interrupted)
        : savedSource(rows, save, settings, outputs, interrupted),
    tellQuirks: rows.tellQuirks,
  };
}

async function openRankingInputs(settings: ScoredSettings, interrupted: AbortSignal): Promise<EvaluateInputs> {
  tellInterrupt(interrupted, settings.console);
  const origins = new RankingOrigins();
  const reading = { ...settings, onIdentity: origins.onIdentity };
  const inputs = await inputsOf(reading, destinationsOf(settings.output), interrupted);
  const options = { ...readOptions(reading, interrupted), rowRemedy: 'leave out --scored' };
  const { save } = settings.output;
  return {
    async source(outputs) {
      const scoredBy = () => origins.common(inputs);
      const writer = save && outputs.add(await openRankings(save.target, { ...save, scoredBy }));
      const errors = new ErrorLines();
      return {
        rankings: errors.leftOutOf(chosen(readRankings(inputs, options), settings)),
        taking: await openTaking(settings, outputs),
        save: async (ranking) => writer?.write(ranking),
        async complete(outcome) {
          await writer?.commit();
          tellErrorLines(errors, settings.console);
          return { outcome, rowsWithErrors: errors.count };
        },
        scoredBy: () => origins.found(inputs),
        [Symbol.asyncDispose]: async () => {},
      };
    },
    tellQuirks: () => {},
  };
}

async function unsavedSource(
  rows: ChosenRows,
  settings: UnscoredSettings,
  outputs: Outputs,
  interrupted: AbortSignal,
): Promise<RankingSource> {
  const scoring = await openScoring(rows, settings, interrupted);
  return {
    rankings: scoring.rankings({}),
    taking: await openTaking(settings, outputs),
    save: async () => {},
    complete: async (outcome) => completed(outcome),
    scoredBy: scoredNow(scoreIdentity(settings)),
    [Symbol.asyncDispose]: () => scoring[Symbol.asyncDispose](),
  };
}

async function savedSource(
  rows: ChosenRows,
  save: RankingsSettings,
  settings: UnscoredSettings,
  outputs: Outputs,
  interrupted: AbortSignal,
): Promise<RankingSource> {
  const reports = Object.values(settings.output.reports).map(({ target }) => target);
  const use = { output: save, keep: false, isReplayed: true, reports };
  const whole = await wholeRun(settings, use, rows.inputs);
  if (whole !== undefined) return wholeSource(rows, whole, save, settings, outputs);
  const scoring = await openScoring(rows, settings, interrupted);
  const run = await orClose(scoring, RecordedRun.open(settings, use, rows.inputs, outputs));
  return {
    rankings: scoring.rankings(run.scoring),
    taking: run.taking,
    save: (ranking) => run.write(withoutKept(ranking)),
    async complete(outcome) {
      await run.complete(outcome);
      return completed(outcome);
    },
    scoredBy: scoredNow(run.identity()),
    async [Symbol.asyncDispose]() {
      await run[Symbol.asyncDispose]();
      await scoring[Symbol.asyncDispose]();
    },
  };
}

/** Waits for another part of a source, and closes the scorer if that part fails. */
async function orClose<Value>(scoring: RowScoring, work: Promise<Value>): Promise<Value> {
  return work.catch(async (error: unknown) => {
    await scoring[Symbol.asyncDispose]();
    throw error;
  });
}

/** The answer for a run that begins now. An external model is read for its digest while rows are scored. */
function scoredNow(identity: Promise<ScoreIdentity>): RankingSource['scoredBy'] {
  // A failure is thrown when the answer is asked for.
  identity.catch(() => {});
  const date = new Date().toISOString();
  return async () => ({ scoredBy: [{ ...(await identity), date }], notes: [] });
}

/** The rankings of a file that an earlier run has completed, with the fields of their rows. */
function wholeSource(
  rows: ChosenRows,
  { path, outcome, scoredBy }: WholeRun,
  { format }: RankingsSettings,
  { keep, calibration, console }: UnscoredSettings,
  outputs: Outputs,
): RankingSource {
  console.tell(`${path} is whole; its rankings are measured and nothing is scored`);
  const saved = new SavedRankings(savedIn(path, format));
  return {
    rankings: replayed(rows.rows(), saved, { keep, temperature: calibration?.temperature }),
    taking: { outputs, refuse: async () => false },
    save: async () => {},
    complete: async () => completed(outcome),
    scoredBy: async () => ({ scoredBy: [scoredBy], notes: [] }),
    [Symbol.asyncDispose]: () => saved.close(),
  };
}

function completed(outcome: Outcome): CompletedRows {
  return { outcome, rowsWithErrors: skippedRows(outcome) };
}

/** Leaves out rows without a ranking: the earlier run skipped them. */
async function* replayed(
  rows: AsyncIterable<Row | RowError>,
  saved: SavedRankings,
  { keep, temperature }: { keep: boolean; temperature?: number },
): AsyncGenerator<Ranking> {
  for await (const row of rows) {
    const known = row instanceof RowError ? undefined : await saved.at(row.index);
    if (!(row instanceof RowError) && known !== undefined && known.error === undefined)
      yield rankingOfKnown(row, known, keep, temperature);
  }
}
