import type { ErrorCode } from './exit-codes.js';

/** One line of output: a row's rewards and ranks, and what evaluation needs of the row. The keys are the output's contract. */
export interface Ranking {
  index: number;
  /** The input that the row comes from; absent if there is only one. */
  file?: string;
  id?: string | number;
  prompt_id: string;
  /** Rewards in answer order. Only differences within a row are meaningful. */
  scores: number[];
  /** 1 = best; equal scores share the best rank among them (1, 2, 2, 4). */
  ranks: number[];
  /** Answer positions from 0, best first; equal scores stay in answer order. */
  order: number[];
  /** Positions of the answers whose text was cut to the maximum length; absent if none. */
  truncated?: number[];
  /** Label ranks, 1 = best, `null` where an answer has none; absent if no answer has one. */
  labels?: (number | null)[];
  /** Label scores, higher = better; same rules. */
  label_scores?: (number | null)[];
  models?: (string | null)[];
  /** Unicode code points of each answer. */
  lengths: number[];
  source?: string[];
  turns?: number;
  good_natured?: boolean;
  /** The probability that the best answer beats each other, in answer order, `null` for the best; only with a calibration. */
  win_probability?: (number | null)[];
}

/** What of its row a ranking carries: nothing, all fields, or the turns of the prompt and the texts of the answers in one form. */
export type Keep = boolean | 'turns';

/** What of a row is in an output, from which its whole ranking can be made again with the row. */
export interface KnownScores {
  /** In answer order. */
  scores: readonly number[];
  /** Positions of answers whose text was cut. */
  truncated: readonly number[];
}

/** A row as an output has it, read back. */
export interface SavedRanking extends KnownScores {
  index: number;
  /** In place of scores, where `--on-error emit` wrote an error. */
  error?: ErrorCode;
}

/** What one field of a ranking holds. */
interface RankingField {
  /** `positions`: answer positions, ranks or lengths, as integers of 32 bits. `id`: text, or a number if the input has a number. */
  holds: 'count' | 'text' | 'id' | 'flag' | 'numbers' | 'positions' | 'texts';
  /** Whether the value is copied from the input row's field of the same name. */
  isOfRow: boolean;
}

/**
 * The fields of a ranking in output order. Readers, writers, columns and `--keep` all use this table. The compiler checks it against
 * the type above.
 */
export const RANKING_FIELDS = {
  index: { holds: 'count', isOfRow: false },
  file: { holds: 'text', isOfRow: false },
  id: { holds: 'id', isOfRow: true },
  prompt_id: { holds: 'text', isOfRow: true },
  scores: { holds: 'numbers', isOfRow: false },
  ranks: { holds: 'positions', isOfRow: false },
  order: { holds: 'positions', isOfRow: false },
  truncated: { holds: 'positions', isOfRow: false },
  labels: { holds: 'numbers', isOfRow: false },
  label_scores: { holds: 'numbers', isOfRow: false },
  models: { holds: 'texts', isOfRow: false },
  lengths: { holds: 'positions', isOfRow: false },
  source: { holds: 'texts', isOfRow: true },
  turns: { holds: 'count', isOfRow: true },
  good_natured: { holds: 'flag', isOfRow: true },
  win_probability: { holds: 'numbers', isOfRow: false },
} as const satisfies Readonly<Record<keyof Ranking, RankingField>>;

/** A value for every field, `undefined` if the ranking lacks it. A missing field is a compile error. */
export type RankingValues = { [Field in keyof Required<Ranking>]: Ranking[Field] | undefined } & Pick<
  Ranking,
  'index' | 'prompt_id' | 'scores' | 'ranks' | 'order' | 'lengths'
>;

export function isRankingField(name: string): name is keyof Ranking {
  return Object.hasOwn(RANKING_FIELDS, name);
}

/** Makes a ranking: the defined values in output order, followed by `kept`. */
export function rankingFrom(values: RankingValues, kept: Readonly<Record<string, unknown>> = {}): Ranking {
  const own = Object.keys(RANKING_FIELDS).filter(isRankingField);
  const known = own.filter((field) => values[field] !== undefined).map((field) => [field, values[field]]);
  return { ...Object.fromEntries(known), ...kept };
}
