import { RowError, StarlingError, stoppedBy } from '../../contracts/errors.js';
import type { Row } from '../../contracts/row.js';
import { Draw } from '../../read/choose/sample.js';
import { type DryRun, dryRunTable } from '../../report/terminal/dry-run-table.js';
import { type PlannedRow, Planner, Scorer, type ScorerOptions } from '../../score/scorer.js';
import { eachRow, type Outcome, skippedText } from '../common/each-row.js';
import { type InputFlags, type ModelFlags, scorerOptions } from '../common/options.js';
import { showTable } from '../common/show-table.js';
import { withRows } from '../common/with-rows.js';

/** Rows that are scored to know how fast it goes, any as likely as any other. */
const TIMED_ROWS = 20;

interface DryRunFlags extends ModelFlags, InputFlags {
  output?: string;
}

/** A row, and the amounts of its plan. */
interface Counted {
  row: Row;
  amounts: Amounts;
}

type Amounts = Pick<DryRun, 'answers' | 'tokens' | 'computed' | 'truncated'>;

/** `score --dry-run`: reads and encodes all rows, scores some, and tells how much there is and how long the whole would take. */
export async function dryRun(paths: readonly string[], flags: DryRunFlags, interrupted: AbortSignal): Promise<Outcome> {
  if (flags.output !== undefined) throw new StarlingError('E_USAGE', '--dry-run writes no rankings; drop --output');
  const options = { ...(await scorerOptions(flags)), interrupted };
  return withRows(paths, flags, interrupted, [], async ({ rows, progress, truncated }) => {
    const planner = await Planner.open(options);
    const sum: Amounts = { answers: 0, tokens: 0, computed: 0, truncated: 0 };
    const draw = new Draw<Counted>(TIMED_ROWS, flags.seed);
    const planned = progress.leaving(planRows(progress.entering(rows), planner, progress.scored));
    const outcome = await eachRow(planned, flags, interrupted, (counted) => {
      add(sum, counted.amounts);
      draw.add(counted);
    });
    truncated(sum.truncated);
    const timed = await timedRows(draw.items(), planner, options, interrupted);
    const table = dryRunTable({ ...sum, rows: outcome.rows, skipped: skippedText(outcome), ...timed });
    await showTable(table, flags, []);
    return outcome;
  });
}

async function* planRows(
  rows: AsyncIterable<Row | RowError>,
  planner: Planner,
  onPlanned: (plan: PlannedRow['plan']) => void,
): AsyncGenerator<Counted | RowError> {
  for await (const row of rows) yield row instanceof RowError ? row : await planned(row, planner, onPlanned);
}

async function planned(
  row: Row,
  planner: Planner,
  onPlanned: (plan: PlannedRow['plan']) => void,
): Promise<Counted | RowError> {
  try {
    const { encoded, plan } = await planner.plan(row);
    onPlanned(plan);
    const tokens = encoded.reduce((sum, { ids }) => sum + ids.length, 0);
    const truncated = encoded.filter(({ cut }) => cut > 0).length;
    return { row, amounts: { answers: encoded.length, tokens, computed: plan.tokens - plan.carried, truncated } };
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

/** How fast some rows are scored, the loading of the model not counted. The first is scored twice, and timed when all is warm. */
async function timedRows(
  drawn: readonly Counted[],
  planner: Planner,
  options: ScorerOptions,
  interrupted: AbortSignal,
): Promise<Pick<DryRun, 'timedRows' | 'tokensPerSecond' | 'workers'>> {
  const { workers } = options;
  if (drawn.length === 0) return { timedRows: 0, tokensPerSecond: undefined, workers };
  const scorer = await Scorer.of(planner, options);
  try {
    await scoreAll(scorer, drawn.slice(0, 1), interrupted);
    const start = performance.now();
    await scoreAll(scorer, drawn, interrupted);
    const tokens = drawn.reduce((sum, { amounts }) => sum + amounts.computed, 0);
    return { timedRows: drawn.length, tokensPerSecond: (1000 * tokens) / (performance.now() - start), workers };
  } finally {
    await scorer.close();
  }
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
