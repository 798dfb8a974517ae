import type { MisorderedModels, MisorderedPair } from '../../contracts/agreement.js';
import type { Sample } from '../bootstrap/measured-rows.js';
import { reaches } from '../bootstrap/resampled-value.js';
import type { SampleColumn } from '../bootstrap/sample-column.js';
import { direction } from '../statistics/direction.js';

const SHOWN = 20;
/** The normal quantile of a two-sided 95 % interval. */
const Z = 1.96;

/** Counts of the comparisons of two models. The first is the one whose name comes first. Ties of reward count half. */
interface Tally {
  models: [string, string];
  comparisons: number;
  labelsPreferFirst: number;
  rewardPrefersFirst: number;
  misordered: number;
  /** The number of prompts in which they are compared. */
  prompts: number;
  /** The last of these prompts. */
  cluster: number;
}

const NO_MODELS = 'no two answers of different label are of different models';
const TOO_FEW = 'no two models are compared in enough prompts for an interval';

/**
 * The pairs of models whose answers the reward orders most often against the labels, as a share from 0 to 1 of the comparisons between the
 * two. Only pairs that are compared in enough prompts for an interval count. Of these, the top k by the lower end of Wilson's interval are
 * taken, because it needs no resampling ("Probable inference, the law of succession, and statistical inference", JASA 22, 1927). They are
 * ordered by the lower end of their bootstrap interval.
 */
export function misorderedModels(sample: Sample): MisorderedModels {
  const tallies = tallied(sample);
  const { level } = sample.resampling.options;
  const enough = [...tallies].filter(([, { prompts }]) => reaches(prompts, level));
  const likeliest = enough
    .map(([pair, tally]) => ({ pair, tally, least: wilsonLow(tally.misordered, tally.comparisons) }))
    .sort((a, b) => b.least - a.least || byNames(a.tally, b.tally))
    .slice(0, SHOWN);
  const columns = new Map(likeliest.map(({ pair }) => [pair, sample.column()]));
  addMisordered(sample, columns);
  const pairs = likeliest.map(({ pair, tally }) => misorderedPair(tally, columns.get(pair) ?? sample.column(), sample));
  const reason = tallies.size === 0 ? NO_MODELS : TOO_FEW;
  return {
    pairs: pairs.filter(({ misordered }) => misordered.low !== null).sort(surestFirst),
    of: tallies.size,
    with_interval: enough.length,
    ...(enough.length === 0 && { reason }),
  };
}

/** Compares by the lower end of the interval, then by value. Equal pairs stay in the order of Wilson's interval and names. */
function surestFirst({ misordered: a }: MisorderedPair, { misordered: b }: MisorderedPair): number {
  return (b.low ?? 0) - (a.low ?? 0) || (b.value ?? 0) - (a.value ?? 0);
}

function tallied(sample: Sample): Map<number, Tally> {
  const names = sample.rows.models.all;
  const tallies = new Map<number, Tally>();
  forEachMeeting(sample, ({ pair, better, worse, margin, cluster }) => {
    const [first, second] = names[better] < names[worse] ? [better, worse] : [worse, better];
    const tally = tallies.get(pair) ?? noComparisons(names[first], names[second]);
    tallies.set(pair, tally);
    const won = (1 + margin) / 2;
    tally.comparisons += 1;
    // The rows of a prompt are adjacent.
    if (tally.cluster !== cluster) tally.prompts += 1;
    tally.cluster = cluster;
    tally.misordered += 1 - won;
    tally.labelsPreferFirst += Number(first === better);
    tally.rewardPrefersFirst += first === better ? won : 1 - won;
  });
  return tallies;
}

function noComparisons(first: string, second: string): Tally {
  const counts = { comparisons: 0, labelsPreferFirst: 0, rewardPrefersFirst: 0, misordered: 0, prompts: 0 };
  return { models: [first, second], ...counts, cluster: -1 };
}

function addMisordered(sample: Sample, columns: ReadonlyMap<number, SampleColumn>): void {
  forEachMeeting(sample, ({ pair, margin, unit }) => {
    columns.get(pair)?.add(unit, { sum: (1 - margin) / 2, count: 1 });
  });
}

/** A comparison of answers of two models. */
interface Meeting {
  /** Number of the pair of models. */
  pair: number;
  /** The model with the better answer, by number. */
  better: number;
  worse: number;
  /** 1 if the reward orders the answers as the labels do, 0 if it ties, -1 otherwise. */
  margin: number;
  cluster: number;
  unit: number;
}

function forEachMeeting({ rows, unitOf }: Sample, visit: (meeting: Meeting) => void): void {
  const { scores, modelOf, models, clusterOf } = rows;
  rows.forEachComparison((better, worse, row) => {
    const [a, b] = [modelOf[better], modelOf[worse]];
    if (a < 0 || b < 0 || a === b) return;
    const pair = Math.min(a, b) * models.count + Math.max(a, b);
    const margin = direction(scores[better], scores[worse]);
    visit({ pair, better: a, worse: b, margin, cluster: clusterOf[row], unit: unitOf[row] });
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
