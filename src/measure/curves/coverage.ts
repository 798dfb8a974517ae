import type { CoveragePoint } from '../../contracts/agreement.js';
import type { Sample } from '../bootstrap/measured-rows.js';
import { GrowingFloats } from '../rows/growing.js';

/** Steps of coverage: from the most confident twentieth of the pairs to all of them. */
const POINTS = 20;

/**
 * Pairwise accuracy at a coverage of 5 %, 10 %, … 100 % of the pairs: those whose rewards differ by less than a margin are left undecided
 * ("On the foundations of noise-free selective classification", JMLR 11, 2010). Pairs of equal margin are decided together, so a point
 * may cover more than its step. Pairs of equal reward count half. The margins are not chosen again in the resamples.
 *
 * @returns from the largest margin to the smallest; empty without pairs
 */
export function coverage(sample: Sample): CoveragePoint[] {
  const margins = leastMargins(sample);
  const bands = margins.map(() => sample.column());
  let pairs = 0;
  sample.forEachMargin((margin, unit) => {
    pairs += 1;
    // The first point that decides the pair. All later points decide it too.
    const band = margins.findIndex((least) => Math.abs(margin) >= least);
    bands[band].add(unit, { sum: (1 + Math.sign(margin)) / 2, count: 1 });
  });
  return margins.map((margin, point) => {
    if (point > 0) bands[point].include(bands[point - 1]);
    const resampled = bands[point].ratio('no pair has such a margin');
    return { coverage: resampled.n / pairs, margin, accuracy: sample.estimate(resampled) };
  });
}

/** The margin of each point, descending and distinct. The last is that of the closest pair. */
function leastMargins(sample: Sample): number[] {
  const growing = new GrowingFloats();
  sample.forEachMargin((margin) => growing.push(Math.abs(margin)));
  const ascending = growing.values.sort();
  const least = Array.from({ length: POINTS }, (_, point) => {
    const decided = Math.ceil(((point + 1) * ascending.length) / POINTS);
    return ascending[ascending.length - decided];
  });
  return ascending.length === 0 ? [] : [...new Set(least)];
}
