/**
 * The ids up to the last that is not `padId`, as the *ForSequenceClassification of transformers find the token that they read: where
 * the pad is also what closes an answer, they read the token before it. The first id stays in any case.
 * Source: GenericForSequenceClassification in transformers 5; before 4.50 it was the token before the first pad of the text.
 */
export function withoutPads(ids: Int32Array, padId: number): Int32Array {
  let end = ids.length;
  while (end > 1 && ids[end - 1] === padId) end--;
  return ids.slice(0, end);
}
