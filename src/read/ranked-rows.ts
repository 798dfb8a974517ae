import { codePoints } from '../contracts/code-points.js';
import { ErrorLine } from '../contracts/error-line.js';
import { RowError } from '../contracts/errors.js';
import type { RankedRow } from '../contracts/ranked-row.js';
import type { Ranking } from '../contracts/ranking.js';
import type { RowTexts } from '../contracts/row.js';
import type { JsonObject } from '../json/json-object.js';
import type { Input } from './inputs/inputs.js';
import { type RankingOptions, rankingIn } from './rankings.js';
import { recordIn } from './records/json/json-line.js';
import { readRecords } from './records/records.js';
import type { RowPlace } from './records/row-place.js';
import type { RowJoin } from './row-join.js';
import type { FieldNames } from './shapes/names.js';
import { hashedPromptId } from './shapes/prompt-id.js';
import { isLikeRow, readingOf } from './shapes/shapes.js';

export interface RankedRowOptions extends RankingOptions {
  /** The fields of the row's parts that the user named. */
  fields: FieldNames;
  /** Gives the rows of rankings that carry none. */
  join?: RowJoin;
}

/** A ranking whose texts are not known yet. */
type Textless = Omit<RankedRow, keyof RowTexts> & { place: RowPlace };

/** An id that this tool has computed from the prompt. Others come from the input. */
const HASHED = /^sha256:[0-9a-f]{16}$/;

/**
 * Reads rankings together with the texts of their rows: those that they carry, or those of `join`. That the texts are the ones that were
 * scored is checked by their number, their lengths, and the prompt's hash where `prompt_id` is one. An abort ends the rows without an
 * error; leaving early closes the inputs, those of `join` too.
 * @throws StarlingError E_READ
 */
export function readRankedRows(
  inputs: readonly Input[],
  options: RankedRowOptions,
): AsyncGenerator<RankedRow | ErrorLine | RowError> {
  const { join, fields } = options;
  if (join !== undefined) return joinedRows(inputs, options, join);
  return readRecords(inputs, options, (value, place) => {
    const found = textlessIn(value, place, options);
    if (found instanceof ErrorLine) return found;
    return withTexts(found, keptIn(found.record, fields, place));
  });
}

async function* joinedRows(
  inputs: readonly Input[],
  options: RankingOptions,
  join: RowJoin,
): AsyncGenerator<RankedRow | ErrorLine | RowError> {
  const found = readRecords(inputs, options, (value, place) => textlessIn(value, place, options));
  try {
    for await (const one of found) {
      yield one instanceof ErrorLine || one instanceof RowError ? one : await joined(one, join);
    }
  } finally {
    await join.close();
  }
}

/** @throws RowError E_FIELD */
function textlessIn(value: unknown, place: RowPlace, options: RankingOptions): Textless | ErrorLine {
  const record = recordIn(value, place);
  const ranking = rankingIn(record, place, options);
  if (ranking instanceof ErrorLine) return ranking;
  return { ranking, place, record, ...(ranking.id !== undefined && { id: ranking.id }) };
}

async function joined(one: Textless, join: RowJoin): Promise<RankedRow | RowError> {
  try {
    const { conversation, answers } = await join.rowOf(one.ranking, one.place);
    return withTexts(one, { conversation, answers: answers.map(({ text }) => text) });
  } catch (error) {
    if (!(error instanceof RowError)) throw error;
    error.refused ??= { record: one.record };
    if (one.id !== undefined) error.id = one.id;
    return error;
  }
}

/** @throws RowError E_FIELD if there are no texts, or as `readingOf` does */
function keptIn(record: JsonObject, fields: RankedRowOptions['fields'], place: RowPlace): RowTexts {
  if (fields.prompt === undefined && fields.answers === undefined && !isLikeRow(record)) {
    const remedy = 'score with --keep turns, or give the input that was scored with --rows';
    throw new RowError('E_FIELD', `this ranking carries no texts; ${remedy}`, { ...place, field: 'prompt' });
  }
  const { prompt, answers } = readingOf(record, fields, place);
  return { conversation: prompt.conversation, answers: answers.map(({ answer }) => answer.text) };
}

/** @throws RowError E_FIELD if the texts are not those that were scored */
function withTexts(one: Textless, texts: RowTexts): RankedRow {
  const { ranking, place } = one;
  const misfit = misfitOf(ranking, texts);
  if (misfit === undefined) return { ...one, ...texts };
  const remedy = 'give the rows that were scored, and the flags for their fields that score got';
  throw new RowError('E_FIELD', `${misfit.problem}; ${remedy}`, { ...place, field: misfit.field });
}

function misfitOf(
  { lengths, prompt_id }: Ranking,
  { conversation, answers }: RowTexts,
): { problem: string; field: string } | undefined {
  if (answers.length !== lengths.length) {
    return { problem: `the row has ${answers.length} answers, the ranking ${lengths.length}`, field: 'lengths' };
  }
  const other = answers.findIndex((text, i) => codePoints(text) !== lengths[i]);
  if (other !== -1) {
    const problem = `answer ${other} has ${codePoints(answers[other])} code points, the ranking says ${lengths[other]}`;
    return { problem, field: `lengths[${other}]` };
  }
  if (!HASHED.test(prompt_id) || hashedPromptId(conversation) === prompt_id) return undefined;
  return { problem: 'the prompt is not the one that was scored, by its hash', field: 'prompt_id' };
}
