import { RowError } from '../contracts/errors.js';
import type { ExportSummary } from '../contracts/export-summary.js';
import { located } from '../contracts/located.js';
import type { RankedRow } from '../contracts/ranked-row.js';
import type { Choices } from './choose/choices.js';
import type { ChosenRow } from './choose/chosen-row.js';
import { chosenRowOf } from './choose/chosen-row-of.js';
import { Dropped } from './choose/dropped.js';
import { LengthBalance } from './choose/length-balance.js';
import type { TrainingExample, TrainingForm, TrainingFormat } from './formats/format.js';
import { ExportCounts } from './summary/export-counts.js';

export interface ExporterOptions {
  format: TrainingFormat;
  form: TrainingForm;
  choices: Choices;
  /** Whether the longer answer is to be chosen as often as the shorter one. All rows are then passed to `count` first. */
  balances: boolean;
}

/** What is taken of a row, and its examples. */
interface MadeRow {
  chosen: ChosenRow;
  examples: readonly TrainingExample[];
}

/** Makes training examples of ranked rows, and counts what was taken and what was left out. */
export class Exporter {
  readonly #options: ExporterOptions;
  readonly #balance: LengthBalance | undefined;
  readonly #dropped = new Dropped();
  readonly #counts: ExportCounts;

  constructor(options: ExporterOptions) {
    this.#options = options;
    this.#balance = options.balances ? new LengthBalance(options.choices.seed) : undefined;
    this.#counts = new ExportCounts(options.format);
  }

  /** Counts the pairs of a row for the balance. A row that the format cannot hold counts for nothing. */
  count(row: RankedRow): void {
    try {
      const made = this.#made(row, new Dropped());
      for (const pair of made?.chosen.pairs ?? []) this.#balance?.count(pair);
    } catch (error) {
      if (!(error instanceof RowError)) throw error;
    }
  }

  /** The examples of a row; none if everything in it is left out. @throws RowError for a row that the format cannot hold */
  examplesOf(row: RankedRow): readonly TrainingExample[] {
    const made = this.#balanced(this.#made(row, this.#dropped));
    if (made === undefined) {
      this.#counts.addUnused();
      return [];
    }
    this.#counts.add(made.chosen, made.examples.length);
    return made.examples;
  }

  get summary(): ExportSummary {
    return this.#counts.summary(this.#dropped);
  }

  /** What is left of a row before balancing. @throws RowError if the format cannot hold it */
  #made(row: RankedRow, dropped: Dropped): MadeRow | undefined {
    const { format, form, choices } = this.#options;
    const ofRow = new Dropped();
    const chosen = chosenRowOf(row, format, choices, ofRow);
    try {
      const examples = chosen && format.examples(chosen, form);
      dropped.addAll(ofRow);
      return chosen && examples && { chosen, examples };
    } catch (error) {
      throw located(error, row);
    }
  }

  #balanced(made: MadeRow | undefined): MadeRow | undefined {
    const balance = this.#balance;
    if (made === undefined || balance === undefined) return made;
    const { format, form } = this.#options;
    const pairs = made.chosen.pairs.filter((pair) => balance.keeps(pair));
    this.#dropped.add('balance', made.chosen.pairs.length - pairs.length);
    const chosen = { ...made.chosen, pairs };
    return pairs.length === 0 ? undefined : { chosen, examples: format.examples(chosen, form) };
  }
}
