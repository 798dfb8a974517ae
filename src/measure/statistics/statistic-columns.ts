import type { Statistics } from '../../contracts/agreement.js';
import type { Column } from '../bootstrap/column.js';
import { difference, type Figure, undefinedFigure } from '../bootstrap/figure.js';
import type { Sample } from '../bootstrap/measured-rows.js';
import type { ComparedRow } from '../rows/compared-rows.js';
import type { Scorer } from './scorers.js';
import type { Statistic } from './statistic.js';

/** Figures by the name of the statistic. */
export type Figures = ReadonlyMap<string, Figure>;

/** Some statistics of one scorer over some rows. */
export class StatisticColumns {
  readonly #scorer: Scorer;
  readonly #statistics: readonly Statistic[];
  readonly #columns: readonly Column[];

  constructor(sample: Sample, scorer: Scorer, statistics: readonly Statistic[]) {
    this.#scorer = scorer;
    this.#statistics = statistics;
    this.#columns = statistics.map(() => sample.column());
  }

  add(row: ComparedRow, unit: number): void {
    this.#scorer.contributions(row, this.#statistics).forEach((contribution, s) => {
      this.#columns[s].add(unit, contribution);
    });
  }

  /** The column of each statistic, in their order. */
  get columns(): readonly Column[] {
    return this.#columns;
  }

  figures(): Figures {
    return new Map(
      this.#statistics.map((statistic, s) => {
        const whyNot = this.#scorer.whyNot(statistic);
        return [statistic.name, whyNot ? undefinedFigure(whyNot) : this.#columns[s].ratio(statistic.whyUndefined)];
      }),
    );
  }
}

/** `a` less `b`, statistic by statistic. */
export function differencesOf(a: Figures, b: Figures): Figures {
  return new Map(
    [...a].map(([name, figure]) => [name, difference(figure, b.get(name) ?? undefinedFigure('not measured'))]),
  );
}

export function estimatesOf(figures: Figures, sample: Sample): Statistics {
  return Object.fromEntries([...figures].map(([name, figure]) => [name, sample.estimate(figure)]));
}
