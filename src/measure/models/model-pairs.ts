import type { Sample } from '../bootstrap/measured-rows.js';
import type { Resampling } from '../bootstrap/resampling.js';
import { groupedBy } from '../rows/grouped-by.js';
import { GrowingInts } from '../rows/growing.js';
import type { Contests } from '../solvers/bradley-terry.js';
import { direction } from '../statistics/direction.js';

/** Who says which of two answers is better. */
export const JUDGES = ['labels', 'reward', 'length'] as const;
export type Judge = (typeof JUDGES)[number];

type ByJudge = Record<Judge, Contests>;

/**
 * Every two answers of a row that two different models gave, by pair of models: how often they met, and how often the first was preferred
 * by each judge, a tie half. Pairs of equal label are in it: that the judge saw no difference says that the two are alike.
 */
export class ModelPairs {
  readonly models: readonly string[];
  readonly #sample: Sample;
  /** By the place of the pair in `Contests`. */
  readonly #meetings = new Map<number, Meetings>();

  /** @param numberOf the place in `models` of each model of the rows; negative where it is left out */
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

  /** All that met, as each judge sees it. */
  contests(): ByJudge {
    return this.#byJudge((meetings) => meetings.totals());
  }

  /** The same in every resample, one after the other. */
  *resampledContests(): Generator<ByJudge> {
    const { resampling } = this.#sample;
    const drawn = new Map([...this.#meetings.values()].map((meetings) => [meetings, meetings.drawn(resampling)]));
    for (let r = 0; r < resampling.options.resamples; r++) {
      yield this.#byJudge((meetings) => drawn.get(meetings)?.map((counts) => counts[r]) ?? []);
    }
  }

  /** Of one model: its meetings, and the units of resampling in which it has any. */
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

  /** Whether there is a way from every model to every other by way of models that met. */
  areConnected(): boolean {
    const n = this.models.length;
    const reached = new Set([0]);
    for (const i of reached) {
      for (let j = 0; j < n; j++) if (this.#meetings.has(placeOf(i, j, n))) reached.add(j);
    }
    return reached.size === n;
  }

  /** Adds what two answers, by their places among all, make of the pair of their models. */
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

  /** @param countsOf games, and wins by each judge */
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

/** The meetings of two models, by unit of resampling. Meetings of a unit come together. */
class Meetings {
  readonly #units = new GrowingInts();
  /** Of each unit: games, and by each judge twice the wins of the first. */
  readonly #counts = Array.from({ length: 1 + JUDGES.length }, () => new GrowingInts());

  /** @param byJudge 1 where the first is preferred, -1 where the second is, 0 for a tie */
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

  /** Games, and wins of the first by each judge. */
  totals(): number[] {
    const [games, ...wins] = this.#counts.map(({ values }) => values.reduce((sum, count) => sum + count, 0));
    return [games, ...wins.map((doubled) => doubled / 2)];
  }

  /** The same in every resample. */
  drawn(resampling: Resampling): Float64Array[] {
    const [games, labels, reward, length] = this.#counts.map(({ values }) => Float64Array.from(values));
    const drawn = [...resampling.sums(games, labels, this.units), ...resampling.sums(reward, length, this.units)];
    return drawn.map((counts, c) => (c === 0 ? counts : counts.map((doubled) => doubled / 2)));
  }
}
