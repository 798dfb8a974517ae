import { RowError, StarlingError } from '../../contracts/errors.js';
import type { Row } from '../../contracts/row.js';
import type { Explanation } from '../../engines/local/plan/explanation.js';
import type { RowPlans } from '../../engines/local/row-plans.js';
import { openRowPlans } from '../../score/open-scorer.js';
import { openOutput } from '../../write/files/output.js';
import { requireLines } from '../../write/format.js';
import { eachRow, type Outcome } from '../common/each-row.js';
import { type InputFlags, type ModelFlags, scoringSettings } from '../common/flags.js';
import { withRows } from '../common/with-rows.js';
import { writing } from '../common/writing.js';

interface ExplainFlags extends ModelFlags, InputFlags {
  output?: string;
  force?: boolean;
  dryRun?: boolean;
}

/** `score --explain`: for each row a line of JSON that says what would be computed. Nothing is. */
export async function explain(
  paths: readonly string[],
  flags: ExplainFlags,
  interrupted: AbortSignal,
): Promise<Outcome> {
  if (flags.dryRun) throw new StarlingError('E_USAGE', '--dry-run and --explain are two different things; drop one');
  const { output = '-', force = false } = flags;
  requireLines(output);
  const destinations = [{ flag: output === '-' ? 'standard output' : '--output', target: output }];
  return withRows(paths, flags, interrupted, destinations, async ({ rows, progress, truncated }) => {
    await using plans = await openRowPlans(await scoringSettings(flags), interrupted);
    const explained = progress.leaving(explanations(progress.entering(rows), plans));
    return await writing(await openOutput(output, { force }), interrupted, (file, stopped) =>
      eachRow(explained, flags, stopped, async (explanation) => {
        truncated(explanation.answers.filter(({ cut }) => cut > 0).length);
        await file.write(`${JSON.stringify(explanation)}\n`);
      }),
    );
  });
}

async function* explanations(
  rows: AsyncIterable<Row | RowError>,
  plans: RowPlans,
): AsyncGenerator<Explanation | RowError> {
  for await (const row of rows) yield row instanceof RowError ? row : await explained(row, plans);
}

async function explained(row: Row, plans: RowPlans): Promise<Explanation | RowError> {
  try {
    return await plans.explain(row);
  } catch (error) {
    if (error instanceof RowError) return error;
    throw error;
  }
}
