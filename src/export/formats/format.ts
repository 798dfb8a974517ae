import type { ArrowColumn } from '../../tables/arrow-reader.js';
import type { ChosenRow } from '../choose/chosen-row.js';

/** How the prompt and the answer of a fine-tuning example are laid out. */
export const LAYOUTS = ['messages', 'prompt-completion'] as const;
export type Layout = (typeof LAYOUTS)[number];

/** The form that a format is written in, where it has several. */
export interface TrainingForm {
  /** Whether conversations are text, with "\n\nHuman:" and "\n\nAssistant:", in place of lists of messages. */
  isText: boolean;
  layout: Layout;
}

/** One example of a data set, with a value for each column in their order. */
export type TrainingExample = Readonly<Record<string, unknown>>;

/** A format that a trainer reads. All examples of one form have the same columns, as readers take the columns from the first. */
export interface TrainingFormat {
  /**
   * What examples are made of: pairs, the two answers of one pair, the best answers, or all answers of a row. This decides which flags of
   * choosing apply.
   */
  unit: 'pairs' | 'halves' | 'best' | 'answers';
  /** Whether a row is left out whose answers all have one value, because there is no order to learn. */
  needsOrder?: boolean;
  /** Whether the format can be text. */
  hasText?: boolean;
  /** Whether the format has layouts to choose from. */
  hasLayouts?: boolean;
  columns(form: TrainingForm): readonly ArrowColumn[];
  /** @throws RowError E_PROMPT or E_ANSWER, with the field but without a place, for a row that the format cannot hold */
  examples(row: ChosenRow, form: TrainingForm): readonly TrainingExample[];
}
