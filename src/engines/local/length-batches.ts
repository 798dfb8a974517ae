/**
 * Groups texts into batches. Texts are sorted by length, which keeps padding small, and a batch takes as many as the budget allows.
 * @param lengths tokens of each text
 * @param budget maximum tokens of a batch, padding included; a longer text gets a batch of its own
 * @returns for each batch the indices into `lengths`
 */
export function lengthBatches(lengths: readonly number[], budget: number): number[][] {
  const batches: number[][] = [];
  for (const position of lengths.map((_, i) => i).sort((a, b) => lengths[a] - lengths[b])) {
    const last = batches.at(-1);
    // Texts are sorted, so this one would be the longest of the batch.
    if (last !== undefined && (last.length + 1) * lengths[position] <= budget) last.push(position);
    else batches.push([position]);
  }
  return batches;
}
