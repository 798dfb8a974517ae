/**
 * The ids without the padding at their end. The *ForSequenceClassification of transformers reads the last id that is not padding. If the
 * padding id also closes an answer, it reads the token before that. The first id is always kept.
 * Source: GenericForSequenceClassification in transformers 5. Before 4.50 it read the token before the first padding id of the text.
 */
export function withoutPads(ids: Int32Array, padId: number): Int32Array {
  let end = ids.length;
  while (end > 1 && ids[end - 1] === padId) end--;
  return ids.slice(0, end);
}
