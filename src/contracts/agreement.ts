import type { Ranking } from './ranking.js';

/** A figure with its interval. What is undefined is `null` and has a reason, never NaN. */
export interface Estimate {
  value: number | null;
  /** Ends of the interval; both `null` if there is none. */
  low: number | null;
  high: number | null;
  /** What the value rests on: comparisons for accuracies, rows for means over rows. */
  n: number;
  /** Why `value`, or else the interval, is `null`. */
  reason?: string;
}

/** Estimates by the name of the statistic, as in the JSON output. Accuracies, top-1 and NDCG are from 0 to 1. */
export type Statistics = Record<string, Estimate>;

/** Scores that know nothing of quality. */
export type BaselineName = 'length' | 'model_mean' | 'position' | 'random';

/** How well rankings agree with labels. The keys are the output's contract. */
export interface Evaluation {
  /** All rankings, with and without labels. */
  rows: number;
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
  /** Comparisons whose two label scores are known and equal: the label orders the pair though its judge saw no difference. Counted, not dropped. */
  equal_label_scores: number;
  /** Compared rows whose labelled answers all have a label score. */
  rows_with_label_scores: number;
  /** Fewest and most answers of a row, over all rows; `null` without rows. */
  k: { min: number | null; max: number | null };
  bootstrap: Bootstrap;
  statistics: Statistics;
  /** The same statistics on the same rows, with scores that know nothing of quality. `random` is what random scores give on average, exactly. */
  baselines: Record<BaselineName, Statistics>;
  /** Reward less baseline, from the same resamples. */
  differences: Record<BaselineName, Statistics>;
  length_control: LengthControl;
  best_of_n: BestOfN;
  calibration: Calibration;
  /** Comparisons by the distance of their two rewards, near to far. */
  accuracy_by_score_margin: MarginBin[];
  accuracy_by_label_margin: LabelMargins;
  /** From the widest margin, which few pairs have, to all pairs. */
  coverage: CoveragePoint[];
  rank_confusion: RankConfusion;
  length_reward: LengthReward;
  /** One table for each field of `--by`, in the order asked for. */
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
  /** What is drawn: the clusters, or where there are too many of them as many random groups of clusters. */
  units: number;
  interval: 'expanded percentile';
}

/** What is left of the agreement where length cannot help. */
export interface LengthControl {
  /** Pairs count as equally long if their lengths differ by at most this share of the longer. */
  within: number;
  /** Pairwise accuracy among pairs of about equal length. */
  equal_length_accuracy: Estimate;
  /** Share of comparisons in which the label agrees with the reward, if the two answers were equally long: by regression, as AlpacaEval 2 does. */
  length_controlled_accuracy: Estimate;
  /** Log-odds that the regression gives to the reward's choice for being longer, at most. */
  length_effect: Estimate;
}

/** Label value lost by taking a scorer's best of n answers drawn at random, against the best by label of the same n. Exact over all subsets. */
export interface BestOfN {
  /** Of the values: label scores if every compared row has them, else places in the ranking. */
  unit: 'label_score' | 'rank';
  points: { n: number; reward: Estimate; length: Estimate; random: Estimate }[];
}

/** P(answer i is labelled better than j) = sigmoid((score i - score j) / T). */
export interface Calibration {
  /** The T under which the labels are likeliest. */
  temperature: Estimate;
  /** Expected calibration error with this T, from 0 to 1. */
  expected_error: Estimate;
  /** The same with T = 1: the reward as it is. */
  expected_error_unscaled: Estimate;
  /** By the confidence that the higher score wins, from 0.5 to 1, with the fitted T. */
  bins: CalibrationBin[];
}

export interface CalibrationBin {
  low: number;
  high: number;
  /** Mean confidence of the pairs in it; `null` if there are none. */
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

/** Where the reward puts the answers of a label rank. */
export interface RankConfusion {
  /** Labelled answers of the rows in it: the commonest number. `null` without rows. */
  k: number | null;
  rows: number;
  /** `counts[r][l]`: answers of reward rank r + 1 and label rank l + 1; ties share the best rank among them. */
  counts: number[][];
}

export interface LengthReward {
  /** Spearman's correlation of reward and length within rows, mean over rows. */
  spearman: Estimate;
  /** A sample of answers: length in code points, reward less the mean reward of its row, share of its row's other answers that are labelled worse. */
  points: [length: number, reward: number, beaten: number][];
}

export interface SliceTable {
  by: string;
  /** The largest first, or in the order of their values where these have one. */
  slices: Slice[];
  /** Further slices, too many to show. */
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
  /** Further models, with fewer answers than those: at most 100 are rated. */
  left_out: number;
  /** Agreement of two orders of the models: of each scorer's with the labels'. */
  spearman: OrderAgreement;
  kendall_tau_b: OrderAgreement;
  /** Whether every two models are compared, be it by way of others. If not, their ratings compare only by the prior. */
  connected: boolean;
  /** Why there are no models. */
  reason?: string;
}

export interface OrderAgreement {
  reward: Estimate;
  length: Estimate;
  /** Reward less length, from the same resamples. */
  difference: Estimate;
}

export interface LeaderboardEntry {
  model: string;
  answers: number;
  labels: Standing;
  reward: Standing;
  length: Standing;
  /** Places won under the reward (negative: lost) against the order by labels. */
  moved: Estimate;
}

export interface Standing {
  /** 1 = best. */
  rank: Estimate;
  /** On Elo's scale: 400 points are odds of ten to one; the mean of all models is 1000. n: comparisons. */
  rating: Estimate;
}

export interface MisorderedModels {
  /** Of those with an interval the 20 that are likeliest to be misordered often, by the lower ends of their intervals, the highest first. */
  pairs: MisorderedPair[];
  /** Pairs of models that are compared at all. */
  of: number;
  /** Of these, pairs that are compared in enough prompts for an interval. */
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

/** Whether the place of an answer in its row tells its label. */
export interface PositionEffects {
  /** Answers of the rows in it, all labelled: the commonest number. `null` without rows. */
  k: number | null;
  rows: number;
  /** 1 / k: what each slot has of the first places if position means nothing. */
  chance: number | null;
  /** Share of rows that are stored from the best label to the worst. */
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
  /** Pairs of its answers whose labels differ, and how many of these the reward orders the other way; a tie is half. */
  comparisons: number;
  misordered: number;
}

/** Why a row's labels should be looked at. */
export type SuspectReason =
  | {
      /** Answers of the same text have different labels. */
      kind: 'equal_answers';
      positions: number[];
      /** What shows it: the texts, or where the ranking carries none equal scores and lengths. */
      by: 'text' | 'score_and_length';
    }
  /** A refusal is labelled best though the prompt is good-natured. */
  | { kind: 'refusal_first'; positions: number[] }
  /** The labels are less likely under the rewards than under a random guess, by so many nats. */
  | { kind: 'disagreement'; nats: number; best_by_reward: number[]; best_by_label: number[] };

/** Rows by what makes their labels suspect; a row may be in several counts. */
export interface SuspectCounts {
  equal_answers: number;
  refusal_first: number;
  disagreement: number;
  /** Rows whose texts could be read: refusals are looked for in these only. */
  rows_with_texts: number;
}

/** A row to look at: its ranking, with prompt and answers where it carries them, and why. */
export type Suspect = { suspect: SuspectReason[] } & Ranking;

/** Two runs over the same rows. The keys are the output's contract. */
export interface Comparison {
  /** Rows that both have, with the same answers: only these are compared. */
  rows: number;
  /** Of these, rows with two different labels. */
  rows_compared: number;
  clusters: number;
  comparisons: number;
  only_a: Unpaired;
  only_b: Unpaired;
  /** Rows of one name whose answers or labels are not the same in both. */
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

/** Rows that could not be paired. */
export interface Unpaired {
  rows: number;
  /** Ten of them, by id where there is one: the shortest first, then in the order of their letters. */
  names: string[];
}

export interface Change {
  a: Estimate;
  b: Estimate;
  /** B less A, from the same resamples. */
  difference: Estimate;
  /** Two-sided, from swapping the two runs prompt by prompt; `null` where the difference is undefined. */
  p_value: number | null;
}

export interface FlippedRow {
  name: string;
  prompt_id: string;
  flipped: number;
  pairs: number;
  /** Comparisons that B orders as the labels do and A does not, less those the other way round; ties count half. */
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
