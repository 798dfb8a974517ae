/**
 * Which texts to run together: sorted by length, so that little is filled up, and as many as the budget has room for.
 * @param lengths tokens of each text
 * @param budget tokens of a batch at most, those that fill it up included; a longer text is a batch alone
 * @returns positions in `lengths`
 */
export function lengthBatches(lengths: readonly number[], budget: number): number[][] {
  const batches: number[][] = [];
  for (const position of lengths.map((_, i) => i).sort((a, b) => lengths[a] - lengths[b])) {
    const last = batches.at(-1);
    // The longest of a batch is the one that comes last.
    if (last !== undefined && (last.length + 1) * lengths[position] <= budget) last.push(position);
    else batches.push([position]);
  }
  return batches;
}
