import type { RankConfusion } from '../../contracts/agreement.js';
import { commonest } from '../rows/commonest.js';
import type { ComparedRows } from '../rows/compared-rows.js';

/** Rows with more labelled answers are left out: a larger table cannot be read. */
const MOST_RANKS = 20;

/**
 * Counts of answers by reward rank (first index) and label rank (second index), k x k, over the rows with the most common number k of
 * labelled answers. Ties share the best rank.
 */
export function rankConfusion(rows: ComparedRows): RankConfusion {
  const k = commonest(labelledCounts(rows));
  if (k === null) return { k, rows: 0, counts: [] };
  const counts = Array.from({ length: k }, () => new Array<number>(k).fill(0));
  let used = 0;
  for (const { scores, labels } of rows) {
    if (labels.length !== k) continue;
    used += 1;
    const byLabel = placesAmong(labels);
    placesAmong(scores.map((score) => -score)).forEach((place, i) => {
      counts[place][byLabel[i]] += 1;
    });
  }
  return { k, rows: used, counts };
}

function* labelledCounts(rows: ComparedRows): Generator<number> {
  for (const { labels } of rows) if (labels.length <= MOST_RANKS) yield labels.length;
}

/** For each value, how many values are smaller. */
function placesAmong(values: readonly number[]): number[] {
  return values.map((value) => values.reduce((smaller, other) => smaller + Number(other < value), 0));
}
