import type { ScoreIdentity } from './identity.js';
import type { Ranking } from './ranking.js';

/** A figure with its interval. An undefined value or interval is `null` and has a reason; it is never NaN. */
export interface Estimate {
  value: number | null;
  /** Ends of the interval; both `null` if there is none. */
  low: number | null;
  high: number | null;
  /** Size of the sample: comparisons for accuracies, rows for means over rows. */
  n: number;
  /** Why `value` is `null`, or, if it is not, why the interval is. */
  reason?: string;
}

/** Estimates by the name of the statistic, as in the JSON output. Accuracies, top-1 and NDCG are from 0 to 1. */
export type Statistics = Record<string, Estimate>;

/** Scorers that ignore what an answer says. */
export type BaselineName = 'length' | 'model_mean' | 'position' | 'random';

/** What scored some rankings. */
export interface ScoredBy extends ScoreIdentity {
  /** When: ISO 8601, UTC. The end of a recorded run, of several the last; else the start of the run that scores. Absent if not known. */
  date?: string;
}

/** How well rankings agree with labels. The keys are the output's contract. */
export interface Evaluation {
  /** What scored the rankings, each once; empty if they do not say. Absent where this was not asked. */
  scored_by?: readonly ScoredBy[];
  /** Sentences on files that changed since, and on rankings that do not say what scored them; absent if there are none. */
  scored_by_notes?: readonly string[];
  /** All rankings, with and without labels. */
  rows: number;
  /** Rows that `score` gave an error in place of a ranking. They are in no other count. */
  rows_with_errors: number;
  /** Rows with at least one comparison. Only these enter statistics and baselines. */
  rows_compared: number;
  /** Distinct `prompt_id`s among the compared rows. */
  clusters: number;
  /** Pairs of answers of one row whose labels differ. */
  comparisons: number;
  /** Answers of all rows. */
  answers: number;
  /** Answers of all rows whose text was cut to the maximum length. */
  truncated_answers: number;
  /**
   * Comparisons with two known, equal label scores: the ranks order the pair although the judge's scores do not. They are counted, not
   * dropped.
   */
  equal_label_scores: number;
  /** Compared rows whose labelled answers all have a label score. */
  rows_with_label_scores: number;
  /** Fewest and most answers of a row, over all rows; `null` without rows. */
  k: { min: number | null; max: number | null };
  bootstrap: Bootstrap;
  statistics: Statistics;
  /** The same statistics on the same rows, with the scores of the baselines. `random` is the exact expectation over random scores. */
  baselines: Record<BaselineName, Statistics>;
  /** Reward minus baseline, from the same resamples. */
  differences: Record<BaselineName, Statistics>;
  length_control: LengthControl;
  best_of_n: BestOfN;
  calibration: Calibration;
  /** Comparisons by the distance between their two rewards, the closest first. */
  accuracy_by_score_margin: MarginBin[];
  accuracy_by_label_margin: LabelMargins;
  /** From the pairs with the widest margins to all pairs. */
  coverage: CoveragePoint[];
  rank_confusion: RankConfusion;
  length_reward: LengthReward;
  /** One table for each field of `--by`, in the order of the flags. */
  slices: SliceTable[];
  leaderboard: Leaderboard;
  misordered_models: MisorderedModels;
  position_effects: PositionEffects;
  /** Rows whose labels the rewards find least likely, the worst first; at most 20. */
  worst_rows: WorstRow[];
  /** Only if suspects were asked for. */
  suspects?: SuspectCounts;
  /** How often the judge agrees with itself; only if every compared row has seven labelled answers. */
  judge_ceiling?: { low: number; high: number; of: string; source: string };
}

export interface Bootstrap {
  resamples: number;
  seed: number;
  level: number;
  unit: 'prompt_id';
  /**
   * How many units are drawn in a resample: one for each cluster, or a fixed number of random groups of clusters if there are too many
   * clusters.
   */
  units: number;
  interval: 'expanded percentile';
}

/** Agreement with the effect of length removed. */
export interface LengthControl {
  /** Pairs count as equally long if their lengths differ by at most this share of the longer. */
  within: number;
  /** Pairwise accuracy among pairs of about equal length. */
  equal_length_accuracy: Estimate;
  /**
   * Predicted share of comparisons in which label and reward would agree if both answers were equally long, by regression as in AlpacaEval
   * 2.
   */
  length_controlled_accuracy: Estimate;
  /** The most that length adds, in log-odds, to the odds that the label agrees with the reward's choice. */
  length_effect: Estimate;
}

/** Regret of best-of-n: the label value of the best of n random answers less that of the answer a scorer picks. Exact over all subsets. */
export interface BestOfN {
  /** Unit of the values: label scores if every compared row has them, else places in the ranking. */
  unit: 'label_score' | 'rank';
  points: { n: number; reward: Estimate; length: Estimate; random: Estimate }[];
}

/** P(answer i is labelled better than j) = sigmoid((score i - score j) / T). */
export interface Calibration {
  /** The maximum-likelihood T. */
  temperature: Estimate;
  /** Expected calibration error with this T, from 0 to 1. */
  expected_error: Estimate;
  /** The same with T = 1, for the reward without scaling. */
  expected_error_unscaled: Estimate;
  /** The same with the T of `--calibration`, which other rows gave; absent without it. */
  given?: { temperature: number; expected_error: Estimate };
  /** Bins of the confidence that the higher score wins, from 0.5 to 1, with the fitted T. */
  bins: CalibrationBin[];
}

export interface CalibrationBin {
  low: number;
  high: number;
  /** Mean confidence of the pairs in the bin; `null` if it is empty. */
  confidence: number | null;
  accuracy: Estimate;
}

/** Comparisons whose margin is from `low` to `high`, both included. */
export interface MarginBin {
  low: number;
  high: number;
  mean: number;
  accuracy: Estimate;
}

export interface LabelMargins {
  unit: 'label_score' | 'rank';
  bins: MarginBin[];
}

/** Accuracy if only pairs with at least this distance between their rewards are decided. */
export interface CoveragePoint {
  /** Share of all comparisons. */
  coverage: number;
  margin: number;
  accuracy: Estimate;
}

/** Label ranks against reward ranks. */
export interface RankConfusion {
  /** Labelled answers a row: the table covers the rows with the commonest number. `null` without rows. */
  k: number | null;
  rows: number;
  /** `counts[r][l]`: answers of reward rank r + 1 and label rank l + 1; ties share the best rank among them. */
  counts: number[][];
}

export interface LengthReward {
  /** Spearman's correlation of reward and length within rows, mean over rows. */
  spearman: Estimate;
  /**
   * A sample of answers: length in code points, reward minus the mean reward of the row, share of the row's other answers with a worse
   * label.
   */
  points: [length: number, reward: number, beaten: number][];
}

export interface SliceTable {
  by: string;
  /** The largest first, or in the order of their values if the values have an order. */
  slices: Slice[];
  /** Number of slices that are not shown because there are too many. */
  left_out: number;
}

/** Some rows, or for `model` some comparisons. */
export interface Slice {
  /** `null`: rows without this field. */
  value: string | null;
  rows: number;
  clusters: number;
  comparisons: number;
  statistics: Statistics;
  baselines: { length: Statistics };
  differences: { length: Statistics };
}

/** Bradley-Terry ratings of the answering models. */
export interface Leaderboard {
  /** Best by label first. */
  models: LeaderboardEntry[];
  /** Number of models that are not rated: at most 100 are, those with the most answers. */
  left_out: number;
  /** Agreement between each scorer's order of the models and the order by labels. */
  spearman: OrderAgreement;
  kendall_tau_b: OrderAgreement;
  /** Whether comparisons connect every two models, directly or through others. If not, the prior alone relates their ratings. */
  connected: boolean;
  /** Why there are no models. */
  reason?: string;
}

export interface OrderAgreement {
  reward: Estimate;
  length: Estimate;
  /** Reward minus length, from the same resamples. */
  difference: Estimate;
}

export interface LeaderboardEntry {
  model: string;
  answers: number;
  labels: Standing;
  reward: Standing;
  length: Standing;
  /** Places that the model gains in the order by reward, against the order by labels; negative if it loses places. */
  moved: Estimate;
}

export interface Standing {
  /** 1 = best. */
  rank: Estimate;
  /** On Elo's scale: 400 points are odds of ten to one, and the mean of all models is 1000. `n` counts comparisons. */
  rating: Estimate;
}

export interface MisorderedModels {
  /** The 20 pairs with the highest lower ends of their intervals, the highest first: those that are most surely misordered often. */
  pairs: MisorderedPair[];
  /** Pairs of models with at least one comparison. */
  of: number;
  /** Of these, pairs with comparisons in enough prompts for an interval. */
  with_interval: number;
  /** Why there are no pairs. */
  reason?: string;
}

export interface MisorderedPair {
  models: [string, string];
  /** Share of their comparisons in which the first is preferred. */
  labels_prefer_first: number;
  reward_prefers_first: number;
  /** Share of their comparisons that the reward orders against the label. */
  misordered: Estimate;
}

/** Whether the position of an answer in its row predicts its label. */
export interface PositionEffects {
  /** Answers a row: the table covers the fully labelled rows with the commonest number. `null` without rows. */
  k: number | null;
  rows: number;
  /** 1 / k: the share of first places that each position has if position has no effect. */
  chance: number | null;
  /** Share of rows whose answers are stored from the best label to the worst. */
  stored_best_first: Estimate;
  /** Answers that tie for the first place share it. */
  slots: { position: number; first_by_label: Estimate; first_by_reward: Estimate }[];
}

export interface WorstRow {
  index: number;
  file?: string;
  id?: string | number;
  prompt_id: string;
  /** Plackett-Luce negative log-likelihood of its labels under the rewards, and under a random guess. */
  nll: number;
  random_nll: number;
  /** Pairs of its answers whose labels differ. `misordered` counts those that the reward orders the other way, a tie as half. */
  comparisons: number;
  misordered: number;
}

/** Why a row's labels should be looked at. */
export type SuspectReason =
  | {
      /** Answers of the same text have different labels. */
      kind: 'equal_answers';
      positions: number[];
      /** The evidence: equal texts, or equal scores and lengths if the ranking carries no texts. */
      by: 'text' | 'score_and_length';
    }
  /** A refusal has the best label although the prompt is good-natured. */
  | { kind: 'refusal_first'; positions: number[] }
  /** The labels are less likely under the rewards than under a random guess. `nats` is the difference of the log-likelihoods. */
  | { kind: 'disagreement'; nats: number; best_by_reward: number[]; best_by_label: number[] };

/** Number of rows for each reason to suspect labels. A row may count for several reasons. */
export interface SuspectCounts {
  equal_answers: number;
  refusal_first: number;
  disagreement: number;
  /** Rows with texts. Refusals are looked for in these only. */
  rows_with_texts: number;
}

/** A row to look at: the reasons, and its ranking with prompt and answers if it carries them. */
export type Suspect = { suspect: SuspectReason[] } & Ranking;

/** Two runs over the same rows. The keys are the output's contract. */
export interface Comparison {
  /** As of an evaluation, for each run. */
  scored_by?: { a: readonly ScoredBy[]; b: readonly ScoredBy[] };
  scored_by_notes?: readonly string[];
  /** What a score depends on and differs between the runs; absent unless both runs say what scored them, and each is of one model. */
  run_differences?: readonly RunDifference[];
  /** Rows that both runs have, with the same answers. Only these are compared. */
  rows: number;
  /** Of these, rows with two different labels. */
  rows_compared: number;
  clusters: number;
  comparisons: number;
  /** Rows that `score` gave an error in place of a ranking. One with a ranking in the other run is in `only_a` or `only_b`. */
  rows_with_errors: { a: number; b: number };
  only_a: Unpaired;
  only_b: Unpaired;
  /** Rows with one name in both runs whose answers or labels differ. */
  different: Unpaired;
  bootstrap: Bootstrap;
  permutations: number;
  statistics: Record<string, Change>;
  /** Share of all pairs of answers, labelled or not, that the two runs order differently; a tie in one run counts half. */
  flipped_pairs: Estimate;
  /** Share of rows in which the two runs choose another best answer. */
  changed_best: Estimate;
  /** The rows with the most flipped pairs, at most 20. */
  most_flipped: FlippedRow[];
  slices: { by: string; slices: ComparedSlice[]; left_out: number }[];
}

/** One thing in which two runs differ, and what each has, as people read it. */
export interface RunDifference {
  name: string;
  a: string;
  b: string;
}

/** Rows that could not be paired. */
export interface Unpaired {
  rows: number;
  /** At most ten of them, by id if they have one: the shortest first, then in alphabetical order. */
  names: string[];
}

export interface Change {
  a: Estimate;
  b: Estimate;
  /** B minus A, from the same resamples. */
  difference: Estimate;
  /** Two-sided p-value of a permutation test that swaps the two runs prompt by prompt; `null` if the difference is undefined. */
  p_value: number | null;
}

export interface FlippedRow {
  name: string;
  prompt_id: string;
  flipped: number;
  pairs: number;
  /** Comparisons that only B orders as the labels do, minus those that only A does. Ties count half. */
  gained: number;
}

export interface ComparedSlice {
  value: string | null;
  rows: number;
  clusters: number;
  comparisons: number;
  flipped_pairs: Estimate;
  statistics: Record<string, Change>;
}
