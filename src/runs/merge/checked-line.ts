import { LIMITS } from '../../read/inputs/inputs.js';
import { rankingIn } from '../../read/rankings.js';
import { jsonRecord } from '../../read/records/json/json-line.js';
import type { RowLine } from './sorted-lines.js';

/** Checks a line of a file without a digest. @throws RowError if it is neither a ranking nor the error of a row */
export function checkRankingLine({ index, bytes, file, line }: RowLine): void {
  const place = { file, line, row: index };
  const record = jsonRecord({ number: line, byte: 0, bytes }, index, LIMITS);
  rankingIn(record?.value(place), place);
}
