import type { BaselineName, Evaluation } from '../../contracts/agreement.js';
import type { Sample } from '../bootstrap/measured-rows.js';
import { baselineSources, rewardSource } from './score-sources.js';
import { differencesOf, estimatesOf, type ResampledValues, StatisticColumns } from './statistic-columns.js';
import { STATISTICS } from './statistics.js';

/** Every statistic of the reward and of each baseline, and the reward's differences from each baseline. */
export function statisticsOf(sample: Sample): Pick<Evaluation, 'statistics' | 'baselines' | 'differences'> {
  const { rows, unitOf } = sample;
  const sources = baselineSources(rows);
  const reward = new StatisticColumns(sample, rewardSource(rows), STATISTICS);
  const baselines = byBaseline((name) => new StatisticColumns(sample, sources[name], STATISTICS));
  const all = [reward, ...Object.values(baselines)];
  for (const row of rows) for (const columns of all) columns.add(row, unitOf[row.row]);
  return estimatesBySource(
    reward.resampledValues(),
    byBaseline((name) => baselines[name].resampledValues()),
    sample,
  );
}

function estimatesBySource(
  reward: ResampledValues,
  baselines: Record<BaselineName, ResampledValues>,
  sample: Sample,
): ReturnType<typeof statisticsOf> {
  return {
    statistics: estimatesOf(reward, sample),
    baselines: byBaseline((name) => estimatesOf(baselines[name], sample)),
    differences: byBaseline((name) => estimatesOf(differencesOf(reward, baselines[name]), sample)),
  };
}

function byBaseline<Value>(make: (name: BaselineName) => Value): Record<BaselineName, Value> {
  return {
    length: make('length'),
    model_mean: make('model_mean'),
    position: make('position'),
    random: make('random'),
  };
}
