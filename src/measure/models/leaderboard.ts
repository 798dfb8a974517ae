import type { Leaderboard, LeaderboardEntry, OrderAgreement, Standing } from '../../contracts/agreement.js';
import type { Sample } from '../bootstrap/measured-rows.js';
import { difference, type ResampledValue, undefinedValue } from '../bootstrap/resampled-value.js';
import { tauB } from '../statistics/kendall-tau-b.js';
import { rankCorrelation } from '../statistics/spearman.js';
import { type Judge, ModelPairs } from './model-pairs.js';
import { ratedModels } from './rated-models.js';
import { agreement, ofModel, type Ratings, ratings } from './ratings.js';

/** The cost of a fit grows with the cube of the number of models. */
const MOST_MODELS = 100;

const NO_PAIR = 'no two answers of a row are of different models';

/**
 * Bradley-Terry ratings of the answering models by label, by reward and by length, on Elo's scale with mean 1000, and the rank correlations
 * of the orders by label with the others. Each rating uses all pairs of answers of different models in one row. At most 100 models are
 * rated.
 */
export function leaderboard(sample: Sample): Leaderboard {
  const { names, answers, numberOf, leftOut } = ratedModels(sample.rows, MOST_MODELS);
  if (names.length === 0) return empty(sample);
  const pairs = new ModelPairs(sample, names, numberOf);
  const byJudge = ratings(pairs);
  const entries = names.map((model, m) => ({ model, answers: answers[m], ...standings(byJudge, pairs, m, sample) }));
  entries.sort((a, b) => (b.labels.rating.value ?? 0) - (a.labels.rating.value ?? 0));
  return {
    models: entries,
    left_out: leftOut,
    spearman: orderAgreement(byJudge, rankCorrelation, sample),
    kendall_tau_b: orderAgreement(byJudge, tauB, sample),
    connected: pairs.areConnected(),
  };
}

function standings(
  byJudge: Record<Judge, Ratings>,
  pairs: ModelPairs,
  model: number,
  sample: Sample,
): Omit<LeaderboardEntry, 'model' | 'answers'> {
  const { games, units } = pairs.extentOf(model);
  const rank = (judge: Judge): ResampledValue => ofModel(byJudge[judge].ranks, model, games, units);
  const standing = (judge: Judge): Standing => ({
    rank: sample.estimate(rank(judge)),
    rating: sample.estimate(ofModel(byJudge[judge].points, model, games, units)),
  });
  return {
    labels: standing('labels'),
    reward: standing('reward'),
    length: standing('length'),
    moved: sample.estimate(difference(rank('labels'), rank('reward'))),
  };
}

function orderAgreement(
  { labels, reward, length }: Record<Judge, Ratings>,
  correlation: typeof tauB | typeof rankCorrelation,
  sample: Sample,
): OrderAgreement {
  const { units } = sample.resampling;
  const byReward = agreement(labels, reward, correlation, units);
  const byLength = agreement(labels, length, correlation, units);
  return estimatedAgreement(byReward, byLength, sample);
}

function estimatedAgreement(reward: ResampledValue, length: ResampledValue, sample: Sample): OrderAgreement {
  return {
    reward: sample.estimate(reward),
    length: sample.estimate(length),
    difference: sample.estimate(difference(reward, length)),
  };
}

function empty(sample: Sample): Leaderboard {
  const nothing = estimatedAgreement(undefinedValue(NO_PAIR), undefinedValue(NO_PAIR), sample);
  return { models: [], left_out: 0, spearman: nothing, kendall_tau_b: nothing, connected: false, reason: NO_PAIR };
}
