import type { Sample } from '../bootstrap/measured-rows.js';
import type { Resampling } from '../bootstrap/resampling.js';
import { groupedBy } from '../rows/grouped-by.js';
import { GrowingInts } from '../rows/growing.js';
import type { PairwiseCounts } from '../solvers/bradley-terry.js';
import { direction } from '../statistics/direction.js';

/** What decides which of two answers is better. */
export const JUDGES = ['labels', 'reward', 'length'] as const;
export type Judge = (typeof JUDGES)[number];

type ByJudge = Record<Judge, PairwiseCounts>;

/**
 * Pairwise counts of models over all pairs of answers of different models in one row: how often two models met, and how often each judge
 * preferred the first; a tie is half. Pairs of equal label count too, because a tie is evidence that the models are alike.
 */
export class ModelPairs {
  readonly models: readonly string[];
  readonly #sample: Sample;
  /** By index of the pair in `PairwiseCounts`. */
  readonly #meetings = new Map<number, Meetings>();

  /** @param numberOf index in `models` of each model of the rows; negative if it is left out */
  constructor(sample: Sample, models: readonly string[], numberOf: Int32Array) {
    this.models = models;
    this.#sample = sample;
    const { starts, ends } = sample.rows;
    const addMeeting = this.#adder(numberOf);
    groupedBy(sample.unitOf, sample.resampling.units).forEach((rows, unit) => {
      for (const row of rows) {
        for (let a = starts[row]; a < ends[row]; a++) for (let b = a + 1; b < ends[row]; b++) addMeeting(a, b, unit);
      }
    });
  }

  /** The counts of the sample, by each judge. */
  counts(): ByJudge {
    return this.#byJudge((meetings) => meetings.totals());
  }

  /** The counts of each resample, one after the other. */
  *resampledCounts(): Generator<ByJudge> {
    const { resampling } = this.#sample;
    const drawn = new Map([...this.#meetings.values()].map((meetings) => [meetings, meetings.drawn(resampling)]));
    for (let r = 0; r < resampling.options.resamples; r++) {
      yield this.#byJudge((meetings) => drawn.get(meetings)?.map((counts) => counts[r]) ?? []);
    }
  }

  /** The number of pairs of answers with one of the model, and of resampling units with such a pair. */
  extentOf(model: number): { games: number; units: number } {
    const n = this.models.length;
    const units = new Set<number>();
    let games = 0;
    for (const [pair, meetings] of this.#meetings) {
      if (Math.floor(pair / n) !== model && pair % n !== model) continue;
      games += meetings.totals()[0];
      for (const unit of meetings.units) units.add(unit);
    }
    return { games, units: units.size };
  }

  /** Whether the graph of models, with an edge between any two that met, is connected. Ratings of separate parts cannot be compared. */
  areConnected(): boolean {
    const n = this.models.length;
    const reached = new Set([0]);
    for (const i of reached) {
      for (let j = 0; j < n; j++) if (this.#meetings.has(placeOf(i, j, n))) reached.add(j);
    }
    return reached.size === n;
  }

  /** Returns a function that counts a pair of answers, given by their indexes among all labelled answers. */
  #adder(numberOf: Int32Array): (a: number, b: number, unit: number) => void {
    const { modelOf, labels, scores, lengths } = this.#sample.rows;
    return (a, b, unit) => {
      const [i, j] = [numberOf[modelOf[a]] ?? -1, numberOf[modelOf[b]] ?? -1];
      if (i < 0 || j < 0 || i === j) return;
      const [x, y] = i < j ? [a, b] : [b, a];
      const byLabel = direction(labels[y], labels[x]);
      this.#of(placeOf(i, j, this.models.length)).add(
        unit,
        byLabel,
        direction(scores[x], scores[y]),
        direction(lengths[x], lengths[y]),
      );
    };
  }

  #of(pair: number): Meetings {
    const known = this.#meetings.get(pair) ?? new Meetings();
    this.#meetings.set(pair, known);
    return known;
  }

  /** @param countsOf games, then wins of the first by each judge */
  #byJudge(countsOf: (meetings: Meetings) => readonly number[]): ByJudge {
    const players = this.models.length;
    const [games, ...wins] = Array.from({ length: 1 + JUDGES.length }, () => new Float64Array(players * players));
    for (const [pair, meetings] of this.#meetings) {
      const counts = countsOf(meetings);
      games[pair] = counts[0];
      wins.forEach((byJudge, judge) => {
        byJudge[pair] = counts[1 + judge];
      });
    }
    return {
      labels: { players, games, wins: wins[0] },
      reward: { players, games, wins: wins[1] },
      length: { players, games, wins: wins[2] },
    };
  }
}

function placeOf(i: number, j: number, players: number): number {
  return Math.min(i, j) * players + Math.max(i, j);
}

/** Counts for two models by resampling unit. All pairs of a unit must be added consecutively. */
class Meetings {
  readonly #units = new GrowingInts();
  /** For each unit: games, then twice the wins of the first by each judge. */
  readonly #counts = Array.from({ length: 1 + JUDGES.length }, () => new GrowingInts());

  /** @param byJudge 1 if the first is preferred, -1 if the second is, 0 for a tie */
  add(unit: number, ...byJudge: readonly number[]): void {
    if (this.#units.last !== unit) {
      this.#units.push(unit);
      for (const counts of this.#counts) counts.push(0);
    }
    this.#counts[0].addToLast(1);
    byJudge.forEach((preferred, judge) => {
      this.#counts[1 + judge].addToLast(1 + preferred);
    });
  }

  get units(): Int32Array {
    return this.#units.values;
  }

  /** Games, then wins of the first by each judge. */
  totals(): number[] {
    const [games, ...wins] = this.#counts.map(({ values }) => values.reduce((sum, count) => sum + count, 0));
    return [games, ...wins.map((doubled) => doubled / 2)];
  }

  /** As `totals`, with a number for each resample. */
  drawn(resampling: Resampling): Float64Array[] {
    const [games, labels, reward, length] = this.#counts.map(({ values }) => Float64Array.from(values));
    const drawn = [...resampling.sums(games, labels, this.units), ...resampling.sums(reward, length, this.units)];
    return drawn.map((counts, c) => (c === 0 ? counts : counts.map((doubled) => doubled / 2)));
  }
}
