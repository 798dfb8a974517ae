import type { Statistics } from '../../contracts/agreement.js';
import type { Sample } from '../bootstrap/measured-rows.js';
import { difference, type ResampledValue, undefinedValue } from '../bootstrap/resampled-value.js';
import type { SampleColumn } from '../bootstrap/sample-column.js';
import type { ComparedRow } from '../rows/compared-rows.js';
import type { ScoreSource } from './score-sources.js';
import type { Statistic } from './statistic.js';

/** Values by name of the statistic. */
export type ResampledValues = ReadonlyMap<string, ResampledValue>;

/** Sums for some statistics of one source of scores over some rows. */
export class StatisticColumns {
  readonly #source: ScoreSource;
  readonly #statistics: readonly Statistic[];
  readonly #columns: readonly SampleColumn[];

  constructor(sample: Sample, source: ScoreSource, statistics: readonly Statistic[]) {
    this.#source = source;
    this.#statistics = statistics;
    this.#columns = statistics.map(() => sample.column());
  }

  add(row: ComparedRow, unit: number): void {
    this.#source.contributions(row, this.#statistics).forEach((contribution, s) => {
      this.#columns[s].add(unit, contribution);
    });
  }

  /** The column of each statistic, in their order. */
  get columns(): readonly SampleColumn[] {
    return this.#columns;
  }

  resampledValues(): ResampledValues {
    return new Map(
      this.#statistics.map((statistic, s) => {
        const whyNot = this.#source.whyNot(statistic);
        return [statistic.name, whyNot ? undefinedValue(whyNot) : this.#columns[s].ratio(statistic.whyUndefined)];
      }),
    );
  }
}

/** `a` minus `b`, statistic by statistic. */
export function differencesOf(a: ResampledValues, b: ResampledValues): ResampledValues {
  return new Map(
    [...a].map(([name, resampled]) => [name, difference(resampled, b.get(name) ?? undefinedValue('not measured'))]),
  );
}

export function estimatesOf(values: ResampledValues, sample: Sample): Statistics {
  return Object.fromEntries([...values].map(([name, resampled]) => [name, sample.estimate(resampled)]));
}
