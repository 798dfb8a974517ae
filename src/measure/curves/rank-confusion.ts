import type { RankConfusion } from '../../contracts/agreement.js';
import { commonest } from '../rows/commonest.js';
import type { ComparedRows } from '../rows/compared-rows.js';

/** More ranks than this are no picture any more. */
const MOST_RANKS = 20;

/** How often the reward's rank r meets the label's rank l, in rows of the commonest number of labelled answers; ties share the best rank. */
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

/** Of each value how many are smaller. */
function placesAmong(values: readonly number[]): number[] {
  return values.map((value) => values.reduce((smaller, other) => smaller + Number(other < value), 0));
}
