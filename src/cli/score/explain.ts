import { RowError } from '../../contracts/errors.js';
import type { Row } from '../../contracts/row.js';
import type { Explanation } from '../../engines/local/plan/explanation.js';
import type { RowPlans } from '../../engines/local/row-plans.js';
import { openTexts, rowPlansOf } from '../../score/open-scorer.js';
import { openOutput } from '../../write/files/output.js';
import { openRows } from '../common/chosen-rows.js';
import { eachRow, type Outcome, openTaking } from '../common/each-row.js';
import { Outputs } from '../common/outputs.js';
import { destinationOf, type ExplainSettings } from './settings.js';

/** `score --explain`: writes one line of JSON a row that says what would be computed. Computes no scores. */
export async function explain(settings: ExplainSettings, interrupted: AbortSignal): Promise<Outcome> {
  const { output } = settings;
  const chosen = await openRows(settings, [destinationOf(output)], interrupted);
  const { rows, progress } = chosen;
  const open = await openTexts(settings, interrupted);
  await using plans = rowPlansOf(open, settings);
  const explained = progress.leaving(explanations(progress.entering(rows()), plans));
  await using outputs = new Outputs(interrupted, settings.console);
  const file = outputs.add<string>(await openOutput(output.target, output));
  const outcome = await eachRow(explained, settings, await openTaking(settings, outputs), async (explanation) => {
    chosen.truncated(explanation.answers.filter(({ cut }) => cut > 0).length);
    await file.write(`${JSON.stringify(explanation)}\n`);
  });
  await outputs.commit();
  chosen.tellQuirks();
  return outcome;
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
