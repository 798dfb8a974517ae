import type { Change } from '../../contracts/agreement.js';
import type { Sample } from '../bootstrap/measured-rows.js';
import { difference } from '../bootstrap/resampled-value.js';
import type { ComparedRow } from '../rows/compared-rows.js';
import { rewardSource } from '../statistics/score-sources.js';
import type { Statistic } from '../statistics/statistic.js';
import { StatisticColumns } from '../statistics/statistic-columns.js';
import { permutationPValue } from './permutation.js';

/** The same rows with the rewards of two runs. Their prompts are the same, so their resamples are too. */
export interface TwoSamples {
  a: Sample;
  b: Sample;
}

/** Sums for some statistics of two runs over some rows. */
export class Changes {
  readonly #samples: TwoSamples;
  readonly #statistics: readonly Statistic[];
  readonly #a: StatisticColumns;
  readonly #b: StatisticColumns;

  constructor(samples: TwoSamples, statistics: readonly Statistic[]) {
    this.#samples = samples;
    this.#statistics = statistics;
    this.#a = new StatisticColumns(samples.a, rewardSource(samples.a.rows), statistics);
    this.#b = new StatisticColumns(samples.b, rewardSource(samples.b.rows), statistics);
  }

  add(a: ComparedRow, b: ComparedRow): void {
    const unit = this.#samples.a.unitOf[a.row];
    this.#a.add(a, unit);
    this.#b.add(b, unit);
  }

  /** Each statistic of both runs, its difference b - a, and the p-value of that. */
  statistics(): Record<string, Change> {
    const sample = this.#samples.a;
    const [valuesA, valuesB] = [this.#a, this.#b].map((columns) => [...columns.resampledValues().values()]);
    const { seed } = sample.resampling.options;
    return Object.fromEntries(
      this.#statistics.map(({ name }, s) => [
        name,
        {
          a: sample.estimate(valuesA[s]),
          b: sample.estimate(valuesB[s]),
          difference: sample.estimate(difference(valuesB[s], valuesA[s])),
          p_value: permutationPValue(this.#a.columns[s], this.#b.columns[s], seed),
        },
      ]),
    );
  }
}
