import { join } from 'node:path';
import { StarlingError } from '../contracts/errors.js';
import { fileTextIfAny } from '../json/file-text.js';
import { parsedJson } from '../json/json-file.js';
import { JsonNode } from '../json/json-node.js';

/** A list of ids and its reward, computed in float32 from the weights of the model. */
export interface GoldenRow {
  ids: readonly number[];
  reward: number;
}

/** The file of the golden rows in a model folder. reward.json does not list it, and no score depends on it. */
export const GOLDEN_FILE = 'golden.json';

const FORMAT = 1;
const REMEDY = 'make it again with starling-rm doctor --golden';

/** The text of golden.json. @param weights SHA-256 of each file of weights, by its name in the folder */
export function goldenText(rows: readonly GoldenRow[], weights: Readonly<Record<string, unknown>>): string {
  const lines = rows.map(({ ids, reward }) => `    ${JSON.stringify({ reward, ids })}`).join(',\n');
  return `{\n  "golden_format": ${FORMAT},\n  "weights": ${JSON.stringify(weights)},\n  "rows": [\n${lines}\n  ]\n}\n`;
}

/**
 * The golden rows of a model folder; `undefined` if it has none.
 * @param weights digests in the folder's reward.json: rows of other weights are refused
 * @throws StarlingError E_MODEL if the file is damaged, or was made from other weights
 */
export async function readGoldenRows(
  folder: string,
  weights: ReadonlyMap<string, unknown>,
): Promise<readonly GoldenRow[] | undefined> {
  const file = join(folder, GOLDEN_FILE);
  const code = 'E_MODEL';
  const text = await fileTextIfAny(file).catch((cause: Error) => {
    throw new StarlingError(code, `the golden rows cannot be read: ${cause.message}`, { file }, cause);
  });
  if (text === undefined) return undefined;
  const problem = `these are no golden rows; ${REMEDY}: `;
  const golden = new JsonNode(
    { file, code, problem },
    '',
    parsedJson(text, file, { code, invalid: `not valid JSON; ${REMEDY}` }),
  );
  golden.at('golden_format').oneOf([FORMAT]);
  const made = golden.at('weights').object();
  if ([...weights].some(([name, digest]) => made[name] !== digest)) {
    throw new StarlingError(code, `these golden rows were made from other weights; ${REMEDY}`, { file });
  }
  const rows = golden.at('rows').items();
  if (rows.length < 2) golden.at('rows').refuse('at least two rows');
  return rows.map((row) => ({
    ids: row
      .at('ids')
      .items()
      .map((id) => id.id()),
    reward: row.at('reward').number(),
  }));
}
