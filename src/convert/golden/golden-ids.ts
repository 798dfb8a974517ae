import type { TextThread } from '../../model/texts/thread.js';
import { GOLDEN_TEXTS } from './golden-texts.js';

/** The ids of the golden texts, made as those of a row are. @throws StarlingError, RowError of the stages */
export async function goldenIds(thread: TextThread): Promise<Int32Array[]> {
  const lists: Int32Array[] = [];
  for (const { conversation, answer } of GOLDEN_TEXTS) {
    const [{ ids }] = await thread.ask('encode', { conversation, answers: [answer] });
    lists.push(ids);
  }
  return lists;
}
