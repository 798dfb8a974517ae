import type { GoldenRow } from '../../model/golden-file.js';
import { withoutPads } from '../../model/pads.js';
import type { RewardTensors } from '../reward-tensors.js';
import { type Multiply, streamedRewards } from './streamed-rewards.js';

/** The golden rows of a checkpoint: what a server of it should answer. @param texts ids of `GOLDEN_TEXTS` */
export async function goldenRows(
  checkpoint: RewardTensors,
  texts: readonly Int32Array[],
  { padId, multiply }: { padId: number | undefined; multiply: Multiply },
): Promise<GoldenRow[]> {
  const lists = texts.map((ids) => (padId === undefined ? ids : withoutPads(ids, padId)));
  const rewards = await streamedRewards(checkpoint, lists, multiply);
  return lists.map((ids, i) => ({ ids: [...ids], reward: rewards[i] }));
}
