import type { WorstRow } from '../../agreement.js';
import type { Ranking } from '../../types.js';
import { plackettLuceNats, randomNats } from '../statistics/plackett-luce-nll.js';
import type { LabelledScores } from '../statistics/statistic.js';
import { Worst } from './worst.js';

const SHOWN = 20;

/** The rows whose labels the rewards find least likely, against a random guess. */
export class WorstRows {
  readonly #worst = new Worst<WorstRow>(SHOWN);

  add({ index, file, id, prompt_id }: Ranking, labelled: LabelledScores): void {
    const nll = plackettLuceNats(labelled);
    const random_nll = randomNats(labelled.labels);
    this.#worst.add(nll - random_nll, () => ({
      index,
      ...(file !== undefined && { file }),
      ...(id !== undefined && { id }),
      prompt_id,
      nll,
      random_nll,
    }));
  }

  get rows(): WorstRow[] {
    return this.#worst.items;
  }
}
