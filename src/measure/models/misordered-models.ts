import type { MisorderedModels, MisorderedPair } from '../../contracts/agreement.js';
import type { Sample } from '../bootstrap/measured-rows.js';
import type { SampleColumn } from '../bootstrap/sample-column.js';
import { direction } from '../statistics/direction.js';

const SHOWN = 20;
/** Of a normal distribution, for 95 %. */
const Z = 1.96;

/** The comparisons of two models: the first is that whose name comes first. Ties of reward count half. */
interface Tally {
  models: [string, string];
  comparisons: number;
  labelsPreferFirst: number;
  rewardPrefersFirst: number;
  misordered: number;
}

/**
 * The pairs of models whose answers the reward orders most often against the label, among the comparisons between the two: those first
 * of which that is surest, by the lower end of Wilson's interval ("Probable inference, the law of succession, and statistical
 * inference", JASA 22, 1927).
 */
export function misorderedModels(sample: Sample): MisorderedModels {
  const tallies = tallied(sample);
  const reason = tallies.size === 0 ? 'no two answers of different label are of different models' : undefined;
  const shown = [...tallies]
    .map(([pair, tally]) => ({ pair, tally, least: wilsonLow(tally.misordered, tally.comparisons) }))
    .sort((a, b) => b.least - a.least || byNames(a.tally, b.tally))
    .slice(0, SHOWN);
  const columns = new Map(shown.map(({ pair }) => [pair, sample.column()]));
  addMisordered(sample, columns);
  return {
    pairs: shown.map(({ pair, tally }) => misorderedPair(tally, columns.get(pair) ?? sample.column(), sample)),
    of: tallies.size,
    ...(reason && { reason }),
  };
}

function tallied(sample: Sample): Map<number, Tally> {
  const names = sample.rows.models.all;
  const tallies = new Map<number, Tally>();
  forEachMeeting(sample, (pair, better, worse, margin) => {
    const [first, second] = names[better] < names[worse] ? [better, worse] : [worse, better];
    const tally = tallies.get(pair) ?? noComparisons(names[first], names[second]);
    tallies.set(pair, tally);
    const won = (1 + margin) / 2;
    tally.comparisons += 1;
    tally.misordered += 1 - won;
    tally.labelsPreferFirst += Number(first === better);
    tally.rewardPrefersFirst += first === better ? won : 1 - won;
  });
  return tallies;
}

function noComparisons(first: string, second: string): Tally {
  return { models: [first, second], comparisons: 0, labelsPreferFirst: 0, rewardPrefersFirst: 0, misordered: 0 };
}

function addMisordered(sample: Sample, columns: ReadonlyMap<number, SampleColumn>): void {
  forEachMeeting(sample, (pair, _better, _worse, margin, unit) => {
    columns.get(pair)?.add(unit, { sum: (1 - margin) / 2, count: 1 });
  });
}

/** Calls `visit` for every comparison of two models, with a number for the two and 1, 0 or -1 as the reward has it right, tied or wrong. */
function forEachMeeting(
  { rows, unitOf }: Sample,
  visit: (pair: number, better: number, worse: number, margin: number, unit: number) => void,
): void {
  const { scores, modelOf, models } = rows;
  rows.forEachComparison((better, worse, row) => {
    const [a, b] = [modelOf[better], modelOf[worse]];
    if (a < 0 || b < 0 || a === b) return;
    const pair = Math.min(a, b) * models.count + Math.max(a, b);
    visit(pair, a, b, direction(scores[better], scores[worse]), unitOf[row]);
  });
}

function misorderedPair(tally: Tally, column: SampleColumn, sample: Sample): MisorderedPair {
  return {
    models: tally.models,
    labels_prefer_first: tally.labelsPreferFirst / tally.comparisons,
    reward_prefers_first: tally.rewardPrefersFirst / tally.comparisons,
    misordered: sample.estimate(column.ratio('the two models are not compared')),
  };
}

function wilsonLow(successes: number, n: number): number {
  const share = successes / n;
  const spread = Z * Math.sqrt((share * (1 - share)) / n + (Z * Z) / (4 * n * n));
  return (share + (Z * Z) / (2 * n) - spread) / (1 + (Z * Z) / n);
}

function byNames({ models: a }: Tally, { models: b }: Tally): number {
  return a.join('\n') < b.join('\n') ? -1 : 1;
}
