import { RowError, stoppedBy } from '../../contracts/errors.js';
import type { Row } from '../../contracts/row.js';
import type { RowPlans } from '../../engines/local/row-plans.js';
import { Draw } from '../../read/choose/sample.js';
import { type DryRun, dryRunTable } from '../../report/terminal/dry-run-table.js';
import { type OpenTexts, openTexts, rowPlansOf, type ScoringSettings, scorerOf } from '../../score/open-scorer.js';
import type { ScoredRow, Scorer } from '../../score/scorer.js';
import { openRows } from '../common/chosen-rows.js';
import { eachRow, type Outcome, openTaking, skippedText } from '../common/each-row.js';
import { Outputs } from '../common/outputs.js';
import { showTable } from '../common/show-table.js';
import type { DryRunSettings } from './settings.js';

/** Number of rows that are scored to measure the speed, drawn uniformly. */
const TIMED_ROWS = 20;

/** A row and the token counts of its plan. */
interface Counted {
  row: Row;
  amounts: Amounts;
}

type Amounts = Pick<DryRun, 'answers' | 'tokens' | 'computed' | 'truncated'>;

/** `score --dry-run`: reads and encodes all rows, scores some of them, and estimates the amount of work and the time of a full run. */
export async function dryRun(settings: DryRunSettings, interrupted: AbortSignal): Promise<Outcome> {
  const chosen = await openRows(settings, [], interrupted);
  const { rows, progress } = chosen;
  const open = await openTexts(settings, interrupted);
  await using plans = rowPlansOf(open, settings);
  await using outputs = new Outputs(interrupted, settings.console);
  const sum: Amounts = { answers: 0, tokens: 0, computed: 0, truncated: 0 };
  const draw = new Draw<Counted>(TIMED_ROWS, settings.input.choice.seed);
  const planned = progress.leaving(
    planRows(progress.entering(rows()), plans, (row) => settings.console.counts.addScored(row)),
  );
  const outcome = await eachRow(planned, settings, await openTaking(settings, outputs), (counted) => {
    add(sum, counted.amounts);
    draw.add(counted);
  });
  await outputs.commit();
  chosen.truncated(sum.truncated);
  const timed = await timedRows(draw.items(), open, settings, interrupted);
  const table = dryRunTable({ ...sum, rows: outcome.rows, skipped: skippedText(outcome), ...timed });
  await showTable(table, settings.console, []);
  chosen.tellQuirks();
  return outcome;
}

async function* planRows(
  rows: AsyncIterable<Row | RowError>,
  plans: RowPlans,
  onPlanned: (row: ScoredRow) => void,
): AsyncGenerator<Counted | RowError> {
  for await (const row of rows) yield row instanceof RowError ? row : await planned(row, plans, onPlanned);
}

async function planned(row: Row, plans: RowPlans, onPlanned: (row: ScoredRow) => void): Promise<Counted | RowError> {
  try {
    const start = performance.now();
    const { encoded, plan } = await plans.plan(row);
    const seconds = { encode: (performance.now() - start) / 1000, engine: 0 };
    const { answers } = encoded;
    onPlanned({ answers: answers.length, tokens: plan.tokens, seconds });
    const tokens = answers.reduce((sum, { ids }) => sum + ids.length, 0);
    const truncated = answers.filter(({ cut }) => cut > 0).length;
    return { row, amounts: { answers: answers.length, tokens, computed: plan.tokens - plan.carried, truncated } };
  } catch (error) {
    if (error instanceof RowError) return error;
    throw error;
  }
}

function add(sum: Amounts, { answers, tokens, computed, truncated }: Amounts): void {
  sum.answers += answers;
  sum.tokens += tokens;
  sum.computed += computed;
  sum.truncated += truncated;
}

/** Measures the speed of scoring, without the loading of the model. The first row is scored once before, to warm up. */
async function timedRows(
  drawn: readonly Counted[],
  open: OpenTexts,
  settings: ScoringSettings,
  interrupted: AbortSignal,
): Promise<Pick<DryRun, 'timedRows' | 'tokensPerSecond' | 'workers'>> {
  const workers = settings.run.sessions?.workers;
  if (drawn.length === 0) return { timedRows: 0, tokensPerSecond: undefined, workers };
  await using scorer = await scorerOf(open, settings, { interrupted });
  await scoreAll(scorer, drawn.slice(0, 1), interrupted);
  const start = performance.now();
  await scoreAll(scorer, drawn, interrupted);
  const tokens = drawn.reduce((sum, { amounts }) => sum + amounts.computed, 0);
  return { timedRows: drawn.length, tokensPerSecond: (1000 * tokens) / (performance.now() - start), workers };
}

async function scoreAll(scorer: Scorer, drawn: readonly Counted[], interrupted: AbortSignal): Promise<void> {
  async function* rows(): AsyncGenerator<Row> {
    yield* drawn.map(({ row }) => row);
  }
  for await (const ranking of scorer.rankings(rows(), { keep: false, stop: () => {} })) {
    if (interrupted.aborted) throw stoppedBy(interrupted, 'stopped while some rows were timed');
    if (ranking instanceof RowError) throw ranking;
  }
}
