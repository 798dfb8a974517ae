import { RowError, StarlingError } from '../../contracts/errors.js';
import { limit } from '../../read/choose/limit.js';
import { fieldsFileText } from '../../read/fields-file.js';
import { readFoundFields } from '../../read/found-fields.js';
import { openOutput } from '../../write/files/output.js';
import { type Outcome, openTaking } from '../common/each-row.js';
import { inputsOf, readOptions } from '../common/inputs/inputs-of.js';
import { Outputs } from '../common/outputs.js';
import { destinationOf, type ExplainFieldsSettings } from './settings.js';

/** Rows that are looked at without `--limit`. */
const MOST_ROWS = 100;

/** `score --explain-fields`: writes the fields that the first rows were read from as a file for `--fields`. Loads no model. */
export async function explainFields(settings: ExplainFieldsSettings, interrupted: AbortSignal): Promise<Outcome> {
  const { input, output, console } = settings;
  const { fields } = input.rows;
  const inputs = await inputsOf({ ...settings, fields }, [destinationOf(output)], interrupted);
  await using outputs = new Outputs(interrupted, console);
  const file = outputs.add<string>(await openOutput(output.target, output));
  const { refuse } = await openTaking(settings, outputs);
  const outcome: Outcome = { rows: 0, skipped: new Map() };
  const texts = new Set<string>();
  const read = readFoundFields(inputs, readOptions(settings, interrupted), fields);
  for await (const names of limit(read, input.choice.limit ?? MOST_ROWS)) {
    if (!(names instanceof RowError)) {
      outcome.rows++;
      texts.add(fieldsFileText(names));
      continue;
    }
    if (input.onError === 'stop') throw names;
    outcome.skipped.set(names.code, (outcome.skipped.get(names.code) ?? 0) + 1);
    await refuse(names);
  }
  const [first] = texts;
  if (first === undefined) throw new StarlingError('E_NO_INPUT', 'there is no row whose fields could be explained');
  if (texts.size > 1) {
    const message = `the first ${outcome.rows} rows are read in ${texts.size} ways; these are the fields of the first row`;
    console.tell(message, { level: 'warning' });
  }
  await file.write(first);
  await outputs.commit();
  return outcome;
}
