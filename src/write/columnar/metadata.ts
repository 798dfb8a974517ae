import { IDENTITY_KEY, type ScoreIdentity } from '../../contracts/identity.js';
import type { ArrowMetadata } from '../../tables/arrow-reader.js';

/** Says what the scores depend on; `undefined` where that is not known. */
export type Identify = () => Promise<ScoreIdentity | undefined>;

/** The metadata of a file of rankings. They have no time and no path: the bytes of a file do not depend on how it was made. */
export async function metadataOf(scoredBy?: Identify): Promise<ArrowMetadata> {
  const identity = await scoredBy?.();
  return new Map(identity === undefined ? [] : [[IDENTITY_KEY, JSON.stringify(identity)]]);
}
