import { join } from 'node:path';
import { isServedWeights } from '../../model/files.js';
import { checkFile, FROM_DISK } from '../../model/folder.js';
import { GOLDEN_FILE, goldenText } from '../../model/golden-file.js';
import type { ServedFolder } from '../../model/served-folder.js';
import { openCheckpoint } from '../checkpoint.js';
import { rewardTensors } from '../reward-tensors.js';
import { goldenRows } from './golden-rows.js';
import type { Multiply } from './streamed-rewards.js';

/**
 * The text of golden.json for a folder that servers load, computed from its own weights.
 * @param texts ids of the golden texts
 * @throws StarlingError E_MODEL if the weights are not there, or are not those of reward.json
 */
export async function goldenTextOf(
  { folder, digests, padId }: ServedFolder,
  texts: readonly Int32Array[],
  multiply: Multiply,
): Promise<{ file: string; text: string }> {
  const weights = [...digests].filter(([name]) => isServedWeights(name));
  for (const [name, digest] of weights) await checkFile(folder, name, digest, FROM_DISK);
  const checkpoint = await openCheckpoint(folder);
  try {
    const rows = await goldenRows(rewardTensors(checkpoint), texts, { padId, multiply });
    return { file: join(folder, GOLDEN_FILE), text: goldenText(rows, Object.fromEntries(weights)) };
  } finally {
    await checkpoint.close();
  }
}
