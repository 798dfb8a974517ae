import { ErrorLine, type ErrorOfRow } from '../contracts/error-line.js';
import { RowError } from '../contracts/errors.js';
import { isRankingField, type Ranking, rankingFrom } from '../contracts/ranking.js';
import type { JsonObject } from '../json/json-object.js';
import { isErrorRecord } from './error-lines.js';
import type { Input, ReadOptions } from './inputs/inputs.js';
import { AnswerLists, rankingError } from './ranking-lists.js';
import { recordIn } from './records/json/json-line.js';
import { readRecords } from './records/records.js';
import type { RowPlace } from './records/row-place.js';
import { optionalCount, optionalFlag, optionalId, optionalNames, optionalString } from './shapes/fields.js';
import { isLikeRow } from './shapes/shapes.js';

export interface RankingOptions extends ReadOptions {
  /** A further remedy for the error if an input has rows instead of rankings. */
  rowRemedy?: string;
}

/**
 * Reads outputs of `score`. Each record becomes a ranking, an ErrorLine for a row that has an error in place of a ranking, or a
 * RowError (E_FIELD). An abort ends the rankings without an error; leaving
 * early closes the input.
 * @throws StarlingError E_READ
 */
export async function* readRankings(
  inputs: readonly Input[],
  options: RankingOptions,
): AsyncGenerator<Ranking | ErrorLine | RowError> {
  yield* readRecords(inputs, options, (value, place) => rankingIn(value, place, options));
}

/** The ranking in a record, or the error in its place. @throws RowError E_FIELD, E_NOT_OBJECT */
export function rankingIn(
  value: unknown,
  place: RowPlace,
  options: Pick<RankingOptions, 'rowRemedy'> = {},
): Ranking | ErrorLine {
  const record = recordIn(value, place);
  if (isTableLine(record)) throw ofTable(place);
  if (record.scores === undefined && isLikeRow(record)) throw notRanking(options, place);
  return isErrorRecord(record) ? errorLineIn(record, place) : rankingOf(record, place);
}

/** Whether a record is a line of CSV or TSV that `score` wrote. */
function isTableLine(record: JsonObject): boolean {
  const isOne = ['index', 'answer', 'score', 'rank', 'truncated'].every((name) => Object.hasOwn(record, name));
  return isOne && record.scores === undefined;
}

function ofTable(place: RowPlace): RowError {
  const message =
    'this is a line of rankings in CSV or TSV, which have a line an answer and are not read back; write JSON lines, Parquet or Arrow';
  return new RowError('E_FIELD', message, { ...place, field: 'scores' });
}

function notRanking({ rowRemedy }: Pick<RankingOptions, 'rowRemedy'>, place: RowPlace): RowError {
  const remedy = rowRemedy === undefined ? '' : `, or ${rowRemedy}`;
  const message = `this is a row, not a ranking, which is what score writes; make one of it with starling-rm score${remedy}`;
  return new RowError('E_FIELD', message, { ...place, field: 'scores' });
}

function errorLineIn(record: JsonObject, place: RowPlace): ErrorLine {
  const [id, file] = [optionalId(record.id, 'id', place), optionalString(record.file, 'file', place)];
  return new ErrorLine({ index: indexOf(record, place), file, id, error: record.error as ErrorOfRow });
}

function rankingOf(record: JsonObject, place: RowPlace): Ranking {
  const lists = new AnswerLists(record, place);
  const id = optionalId(record.id, 'id', place);
  const truncated = lists.optionalPositions('truncated');
  const labels = lists.optionalNumbers('labels');
  const labelScores = lists.optionalNumbers('label_scores');
  const models = lists.optionalStrings('models');
  const source = optionalNames(record.source, 'source', place);
  const turns = optionalCount(record.turns, 'turns', place);
  const goodNatured = optionalFlag(record.good_natured, 'good_natured', place);
  const own = rankingFrom({
    index: indexOf(record, place),
    // Copied with the fields that are not checked here.
    file: undefined,
    id,
    prompt_id: promptIdOf(record, place),
    scores: lists.scores,
    ranks: lists.ranks(),
    order: lists.order(),
    truncated,
    labels,
    label_scores: labelScores,
    models,
    lengths: lists.lengths(),
    source,
    turns,
    good_natured: goodNatured,
    win_probability: lists.optionalNumbers('win_probability'),
  });
  return { ...known(record), ...own };
}

/**
 * All fields, including those that are not checked here. A null in a field of rankings is dropped, as in a table it means that the ranking
 * lacks the field. A null in another field is kept, as it may be a value of the input.
 */
function known(record: JsonObject): Record<string, unknown> {
  return Object.fromEntries(Object.entries(record).filter(([name, value]) => value !== null || !isRankingField(name)));
}

function indexOf({ index }: JsonObject, place: RowPlace): number {
  if (typeof index === 'number' && Number.isSafeInteger(index) && index >= 0) return index;
  throw rankingError(index, 'the whole number of the row', 'index', place);
}

function promptIdOf({ prompt_id }: JsonObject, place: RowPlace): string {
  if (typeof prompt_id === 'string') return prompt_id;
  throw rankingError(prompt_id, 'a string', 'prompt_id', place);
}
