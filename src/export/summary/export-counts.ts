import type { ExportSummary, ModelUse } from '../../contracts/export-summary.js';
import type { ChosenPair, ChosenRow, RankedAnswer } from '../choose/chosen-row.js';
import type { Dropped } from '../choose/dropped.js';
import { lengthDifference } from '../choose/length-balance.js';
import type { TrainingFormat } from '../formats/format.js';
import { SpreadCounter } from './spread-of.js';

/** Models whose answers are counted. A file has few; the limit keeps a field of unique names from filling the memory. */
const MOST_COUNTED = 10_000;
const MOST_LISTED = 50;
const UNKNOWN = '(unknown)';

/** Counts what is exported, in constant memory. */
export class ExportCounts {
  readonly #hasPairs: boolean;
  readonly #models = new Map<string, ModelUse>();
  readonly #lengths = new SpreadCounter();
  readonly #margins = new SpreadCounter();
  readonly #chosen = new SpreadCounter();
  readonly #rejected = new SpreadCounter();
  readonly #longer = { longer: 0, shorter: 0, equal: 0 };
  #rankings = 0;
  #used = 0;
  #examples = 0;

  constructor({ unit }: Pick<TrainingFormat, 'unit'>) {
    this.#hasPairs = unit === 'pairs' || unit === 'halves';
  }

  /** Counts a ranking from which nothing was taken. */
  addUnused(): void {
    this.#rankings++;
  }

  add({ answers, pairs }: ChosenRow, examples: number): void {
    this.#rankings++;
    this.#used++;
    this.#examples += examples;
    if (this.#hasPairs) for (const pair of pairs) this.#addPair(pair);
    else for (const answer of answers) this.#addAnswer(answer);
  }

  summary(dropped: Dropped): ExportSummary {
    const models = [...this.#models.values()].sort((a, b) => b.answers - a.answers || (a.model < b.model ? -1 : 1));
    return {
      rankings: this.#rankings,
      used: this.#used,
      examples: this.#examples,
      answer_length: this.#lengths.spread,
      ...(this.#hasPairs && {
        pairs: {
          count: this.#margins.spread.count,
          margin: this.#margins.spread,
          chosen_length: this.#chosen.spread,
          rejected_length: this.#rejected.spread,
          ...this.#longer,
        },
      }),
      models: models.slice(0, MOST_LISTED),
      models_left_out: Math.max(0, models.length - MOST_LISTED),
      left_out: dropped.counts,
      left_out_texts: dropped.texts,
    };
  }

  #addPair(pair: ChosenPair): void {
    const { chosen, rejected, margin } = pair;
    const difference = lengthDifference(pair);
    this.#longer[difference === 0 ? 'equal' : difference > 0 ? 'longer' : 'shorter']++;
    this.#margins.add(margin);
    this.#chosen.add(chosen.length);
    this.#rejected.add(rejected.length);
    this.#addAnswer(chosen).chosen++;
    this.#addAnswer(rejected).rejected++;
  }

  #addAnswer({ model, length }: RankedAnswer): ModelUse {
    this.#lengths.add(length);
    const name = model ?? UNKNOWN;
    const known = this.#models.get(name);
    const use = known ?? { model: name, answers: 0, chosen: 0, rejected: 0 };
    if (known === undefined && this.#models.size < MOST_COUNTED) this.#models.set(name, use);
    use.answers++;
    return use;
  }
}
