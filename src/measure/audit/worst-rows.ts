import type { WorstRow } from '../../contracts/agreement.js';
import type { Ranking } from '../../contracts/ranking.js';
import { byContent } from '../rows/by-content.js';
import { comparisonsWon } from '../statistics/pairwise-accuracy.js';
import { plackettLuceNats, randomNats } from '../statistics/plackett-luce-nll.js';
import type { LabelledScores } from '../statistics/statistic.js';
import { TopK } from './top-k.js';

const SHOWN = 20;

/** The rows with the greatest Plackett-Luce NLL, less that of a random guess, and their rankings. */
export class WorstRows {
  readonly #worst = new TopK<{ row: WorstRow; ranking: Ranking }>(SHOWN, (a, b) => byContent(a.ranking, b.ranking));

  add(ranking: Ranking, labelled: LabelledScores): void {
    const { index, file, id, prompt_id } = ranking;
    const nll = plackettLuceNats(labelled);
    const random_nll = randomNats(labelled.labels);
    const { sum, count: comparisons } = comparisonsWon(labelled);
    this.#worst.add(nll - random_nll, () => ({
      ranking,
      row: {
        index,
        ...(file !== undefined && { file }),
        ...(id !== undefined && { id }),
        prompt_id,
        nll,
        random_nll,
        comparisons,
        misordered: comparisons - sum,
      },
    }));
  }

  get rows(): WorstRow[] {
    return this.#worst.items.map(({ row }) => row);
  }

  /** In the order of `rows`. */
  get rankings(): Ranking[] {
    return this.#worst.items.map(({ ranking }) => ranking);
  }
}
